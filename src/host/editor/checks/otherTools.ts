import type * as vscode from 'vscode';
import type { CheckName } from '../../../core/mentions/checks.ts';
import { checkOf, checkSource } from './checkDiagnostics.ts';

/*
 * What others report of the same. Docker DX (`docker-language-server`: the checks of BuildKit by their names, those of Docker
 * Scout), the language server of Container Tools (`dockerfile-utils`), hadolint (`DL…`), Checkov, Trivy and kube-linter.
 */
const sameAs: Readonly<Partial<Record<CheckName, RegExp>>> = {
  invalid:
    /\binvalid reference format\b|\bInvalidDefaultArgInFrom\b|\bmust be lowercase\b|\bnot an? (?:valid )?image reference\b/i,
  platform: /\bInvalidBaseImagePlatform\b/i,
  latest:
    /\b(?:DL3006|DL3007|not_pinned_digest|CKV_DOCKER_7|CKV_K8S_14|DS-?0001|KSV-?0013|latest-tag)\b|\busing latest\b|\bimage tag\b.*\blatest\b/i,
  notFound: /\bmanifest unknown\b|\bpull access denied\b|\bimage\b.*\bnot found\b/i,
};

/** Those of ours that nobody else reports at the same place. */
export function withoutDuplicates(
  ours: readonly vscode.Diagnostic[],
  all: readonly vscode.Diagnostic[],
): readonly vscode.Diagnostic[] {
  const others = all.filter(({ source }) => source !== checkSource);
  return ours.filter((diagnostic) => {
    const check = checkOf(diagnostic);
    const pattern = check && sameAs[check];
    return pattern === undefined || !others.some((other) => isAt(other, diagnostic) && pattern.test(textOf(other)));
  });
}

/** Linters of lines mark all of them. */
function isAt({ range: a }: vscode.Diagnostic, { range: b }: vscode.Diagnostic): boolean {
  return a.start.line <= b.end.line && b.start.line <= a.end.line;
}

function textOf({ code, message, source }: vscode.Diagnostic): string {
  const value = typeof code === 'object' ? code.value : (code ?? '');
  return `${source ?? ''} ${value} ${message}`;
}

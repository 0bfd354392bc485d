import * as vscode from 'vscode';
import type { ImageMention } from '../../../api.ts';
import { type CheckName, checkNames, type Finding } from '../../../core/mentions/checks.ts';

/** Who says it, in the list of problems. */
export const checkSource = 'Gantry';

/** A finding as VS Code shows it: its code is the name of the check, with a link to what is said of it, where it is there. */
export function checkDiagnostic(
  document: vscode.TextDocument,
  mention: ImageMention,
  finding: Finding,
  severity: vscode.DiagnosticSeverity,
  page: vscode.Uri | undefined,
): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(mention.start), document.positionAt(mention.end));
  const diagnostic = new vscode.Diagnostic(range, words(mention, finding), severityOf(finding, severity));
  diagnostic.source = checkSource;
  diagnostic.code = page === undefined ? finding.check : { value: finding.check, target: page };
  if (finding.check === 'deprecated') diagnostic.tags = [vscode.DiagnosticTag.Deprecated];
  return diagnostic;
}

/** The check that a diagnostic of ours is of. */
export function checkOf({ source, code }: vscode.Diagnostic): CheckName | undefined {
  const name = typeof code === 'object' ? code.value : code;
  return source === checkSource ? checkNames.find((check) => check === name) : undefined;
}

/** What may be private is no error of the file for certain. */
function severityOf(finding: Finding, severity: vscode.DiagnosticSeverity): vscode.DiagnosticSeverity {
  const isUncertain = finding.check === 'notFound' && finding.isHidden;
  return isUncertain ? Math.max(severity, vscode.DiagnosticSeverity.Warning) : severity;
}

function words({ raw, reference }: ImageMention, finding: Finding): string {
  const { registry = '', repository = '', tag = 'latest', familiar = raw } = reference ?? {};
  switch (finding.check) {
    case 'invalid':
      return finding.reason;
    case 'notFound':
      if (finding.isHidden) {
        return vscode.l10n.t(
          '{0} shows no {1}: it does not exist, or it is private and needs a login.',
          registry,
          familiar,
        );
      }
      return finding.part === 'digest'
        ? vscode.l10n.t('{0} does not have this digest in {1}. It may have been deleted.', registry, repository)
        : vscode.l10n.t('{0} does not have {1}.', registry, `${repository}:${tag}`);
    case 'platform':
      return vscode.l10n.t(
        '{0} has no image for {1}. It has: {2}.',
        familiar,
        finding.platform,
        finding.available.join(', '),
      );
    case 'digestMismatch':
      return mismatchWords(tag, registry, finding);
    case 'behind':
      return vscode.l10n.t('The digest is behind its tag: {0} names {1} now.', tag, shortDigest(finding.now));
    case 'latest':
      return finding.isWritten
        ? vscode.l10n.t('"latest" names another image whenever one is pushed.')
        : vscode.l10n.t('Without a tag it is "latest", which names another image whenever one is pushed.');
    case 'deprecated':
      return deprecatedWords(familiar, finding);
    case 'plainHttp':
      return vscode.l10n.t(
        '{0} is asked without encryption: anybody on the way can read and change what is pulled.',
        registry,
      );
  }
}

function mismatchWords(
  tag: string,
  registry: string,
  finding: Extract<Finding, { readonly check: 'digestMismatch' }>,
): string {
  switch (finding.because) {
    case 'no-tag':
      return vscode.l10n.t('{0} has no tag {1} any more. The digest decides, and is still there.', registry, tag);
    case 'version':
      return vscode.l10n.t('The digest is that of version {0}, not of {1}. The digest decides.', finding.version, tag);
    case 'platform':
      return vscode.l10n.t('The digest is that of {0} alone, not of all platforms of {1}.', finding.platform, tag);
  }
}

function deprecatedWords(
  familiar: string,
  { since, note }: Extract<Finding, { readonly check: 'deprecated' }>,
): string {
  const sentence =
    since === undefined
      ? vscode.l10n.t('{0} is deprecated.', familiar)
      : vscode.l10n.t('{0} has reached the end of its life on {1}.', familiar, since);
  return note === undefined ? sentence : vscode.l10n.t('{0} It says: "{1}"', sentence, note);
}

function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}

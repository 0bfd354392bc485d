import * as vscode from 'vscode';
import type { ImageMention } from '../../../api.ts';
import type { CheckName } from '../../../core/mentions/checks.ts';
import { nameEdit, pinEdit, unpinEdit } from '../../../core/mentions/editMention.ts';
import { formatReference } from '../../../core/oci/reference.ts';
import { commandIds } from '../../ids.ts';
import type { Services } from '../../services.ts';
import type { DocumentMentions } from '../documentMentions.ts';
import { LazyAction } from '../lazyAction.ts';
import { type MentionChange, type MentionEdits, placeOf } from '../mentionEdits.ts';
import { checkOf } from './checkDiagnostics.ts';
import { openCheckSettings } from './checkSettings.ts';

/** What one problem can be mended by. */
interface Problem {
  readonly document: vscode.TextDocument;
  readonly mention: ImageMention;
  readonly check: CheckName;
  readonly diagnostic: vscode.Diagnostic;
}

/** Quick fixes of what the checks report: at one place, and of the same problem in all of the file. */
export class CheckFixes implements vscode.CodeActionProvider {
  readonly #services: Services;
  readonly #mentions: DocumentMentions;
  readonly #edits: MentionEdits;

  constructor(services: Services, mentions: DocumentMentions, edits: MentionEdits) {
    this.#services = services;
    this.#mentions = mentions;
    this.#edits = edits;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const actions: vscode.CodeAction[] = [];
    for (const diagnostic of context.diagnostics) {
      const check = checkOf(diagnostic);
      if (check === undefined) continue;
      const mention = await this.#mentions.at(document, document.offsetAt(diagnostic.range.start));
      if (mention === undefined) continue;
      const problem = { document, mention, check, diagnostic };
      actions.push(...this.#fixes(problem), ...(await this.#fixesOfAll(problem)), settingsAction(problem));
    }
    return actions;
  }

  resolveCodeAction(
    action: vscode.CodeAction,
    token: vscode.CancellationToken,
  ): vscode.ProviderResult<vscode.CodeAction> {
    return action instanceof LazyAction ? action.resolve(token) : action;
  }

  #fixes(problem: Problem): readonly vscode.CodeAction[] {
    switch (problem.check) {
      case 'notFound':
        return [...updateDigest(problem), ...this.#signIn(problem), ...chooseTag(problem), ...removeDigest(problem)];
      case 'digestMismatch':
      case 'behind':
        return [...updateDigest(problem), ...compareWithTag(problem), ...removeDigest(problem)];
      case 'platform':
      case 'deprecated':
      case 'latest':
        return chooseTag(problem);
      case 'invalid':
      case 'plainHttp':
        return [];
    }
  }

  /** Docker Hub hides what is private. */
  #signIn(problem: Problem): readonly vscode.CodeAction[] {
    const { reference } = problem.mention;
    const connection = reference && this.#services.connections.forReference(reference);
    if (connection === undefined || problem.diagnostic.severity === vscode.DiagnosticSeverity.Error) return [];
    return [commandFix(problem, vscode.l10n.t('Sign in to {0}…', connection.label), commandIds.signIn, connection.id)];
  }

  async #fixesOfAll(problem: Problem): Promise<readonly vscode.CodeAction[]> {
    const { document, check } = problem;
    const places = vscode.languages
      .getDiagnostics(document.uri)
      .filter((other) => checkOf(other) === check)
      .map(({ range }) => document.offsetAt(range.start));
    const mentions = (await this.#mentions.of(document)).filter(({ start }) => places.includes(start));
    const [title, change, isPossible] = changeOfAll[check] ?? [];
    if (title === undefined || change === undefined || isPossible === undefined) return [];
    const some = mentions.filter(isPossible);
    if (some.length < 2) return [];
    const action = new LazyAction(title(some.length), vscode.CodeActionKind.QuickFix, document.uri, (signal) =>
      this.#edits.editAll(document, some, change, signal),
    );
    action.diagnostics = [problem.diagnostic];
    return [action];
  }
}

/** Whether the fixes of a problem offer to remove the digest, which others need not offer again. */
export function isMendedByUnpinning(diagnostic: vscode.Diagnostic): boolean {
  const check = checkOf(diagnostic);
  return check === 'notFound' || check === 'digestMismatch' || check === 'behind';
}

type ChangeOfAll = readonly [
  title: (count: number) => string,
  change: MentionChange,
  isPossible: (mention: ImageMention) => boolean,
];

const canPin = (mention: ImageMention): boolean => pinEdit(mention, '') !== undefined;

const changeOfAll: Readonly<Partial<Record<CheckName, ChangeOfAll>>> = {
  invalid: [
    (count) => vscode.l10n.t('Write all {0} names in lower case', count),
    { kind: 'correct' },
    (mention) => nameEdit(mention) !== undefined,
  ],
  behind: [
    (count) => vscode.l10n.t('Update all {0} digests that are behind their tags', count),
    { kind: 'pin' },
    canPin,
  ],
  latest: [(count) => vscode.l10n.t('Pin all {0} images that are "latest"', count), { kind: 'pin' }, canPin],
};

function updateDigest(problem: Problem): readonly vscode.CodeAction[] {
  const { mention, document } = problem;
  const { tag, digest } = mention.reference ?? {};
  if (tag === undefined || digest === undefined || !canPin(mention)) return [];
  const title = vscode.l10n.t('Update the digest to what {0} names now', tag);
  const action = commandFix(problem, title, commandIds.pinDigest, placeOf(document, mention));
  action.isPreferred = problem.check === 'behind';
  return [action];
}

function compareWithTag(problem: Problem): readonly vscode.CodeAction[] {
  const { reference } = problem.mention;
  if (reference?.tag === undefined || reference.digest === undefined) return [];
  const { registry, repository, tag, digest } = reference;
  const sides = [{ digest }, { tag }].map((version) => formatReference({ registry, repository, ...version }));
  return [commandFix(problem, vscode.l10n.t('Compare with what {0} names now', tag), commandIds.compare, ...sides)];
}

function removeDigest(problem: Problem): readonly vscode.CodeAction[] {
  const { mention, document } = problem;
  if (unpinEdit(mention) === undefined) return [];
  return [commandFix(problem, vscode.l10n.t('Remove the digest'), commandIds.unpinDigest, placeOf(document, mention))];
}

function chooseTag(problem: Problem): readonly vscode.CodeAction[] {
  const { mention, document } = problem;
  const title = vscode.l10n.t('Choose another tag…');
  return [commandFix(problem, title, commandIds.updateTag, placeOf(document, mention))];
}

function settingsAction(problem: Problem): vscode.CodeAction {
  const { title, command, arguments: [setting] = [] } = openCheckSettings(problem.check);
  return commandFix(problem, title, command, setting);
}

function commandFix(problem: Problem, title: string, command: string, ...args: readonly unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { title, command, arguments: [...args] };
  action.diagnostics = [problem.diagnostic];
  return action;
}

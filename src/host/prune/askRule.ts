import * as vscode from 'vscode';
import { parseTagFilter } from '../../core/finding/tagFilter.ts';
import { parseTagPatterns } from '../../core/finding/tagPatterns.ts';
import type { PruneRule } from '../../core/transfer/pruneRule.ts';
import { errorMessage } from '../present.ts';
import { noTags, ruleText } from './ruleWords.ts';

/** What a question about a rule needs to know. */
export interface RuleQuestion {
  /** For people: the repository, or how many there are. */
  readonly what: string;
  readonly last: PruneRule | undefined;
  readonly listsUntagged: boolean;
}

/** Asks by which rule to prune: most choose one of a list, or what they chose last. Nothing is deleted by it. */
export async function askRule({ what, last, listsUntagged }: RuleQuestion): Promise<PruneRule | undefined> {
  const usual: PruneRule = {
    ...{ matching: '', keepNewest: 10, order: 'version', olderThanDays: 0, keep: ['latest'] },
    untagged: listsUntagged,
  };
  const offered: (vscode.QuickPickItem & { readonly rule?: PruneRule })[] = [
    ...(last === undefined
      ? []
      : [{ label: vscode.l10n.t('As last time'), detail: ruleText(last), iconPath: icon('history'), rule: last }]),
    { label: vscode.l10n.t('Keep the 10 newest versions'), rule: usual, iconPath: icon('versions') },
    {
      label: vscode.l10n.t('Keep the 10 newest by date'),
      rule: { ...usual, order: 'date' },
      iconPath: icon('calendar'),
    },
    {
      label: vscode.l10n.t('Keep what is younger than 90 days, and the 10 newest'),
      rule: { ...usual, order: 'date', olderThanDays: 90 },
      iconPath: icon('clock'),
    },
    ...(listsUntagged
      ? [
          {
            label: vscode.l10n.t('Keep all tags, delete images without one'),
            rule: { ...usual, matching: noTags, keepNewest: 0 },
            iconPath: icon('circle-slash'),
          },
        ]
      : []),
    { label: vscode.l10n.t('Another rule…'), iconPath: icon('edit') },
  ];
  const chosen = await vscode.window.showQuickPick(
    offered.map((item) =>
      item.rule === undefined || item.detail !== undefined ? item : { ...item, detail: ruleText(item.rule) },
    ),
    {
      title: vscode.l10n.t('Prune {0}', what),
      placeHolder: vscode.l10n.t('What stays? The list of what would go is shown first; nothing is deleted by it.'),
    },
  );
  if (chosen === undefined) return undefined;
  return chosen.rule ?? askParts(what, last ?? usual, listsUntagged);
}

async function askParts(what: string, before: PruneRule, listsUntagged: boolean): Promise<PruneRule | undefined> {
  const title = vscode.l10n.t('Prune {0}', what);
  const matching = await ask({
    title,
    prompt: vscode.l10n.t(
      'Which tags may go? Empty for all; else pr-*, /^v\\d+$/, older:30d, -alpine and what filters take.',
    ),
    value: before.matching === noTags ? '' : before.matching,
    check: (text) => void parseTagFilter(text, Date.now()),
  });
  if (matching === undefined) return undefined;
  const keepNewest = await askCount(
    title,
    vscode.l10n.t('How many of the newest stay? 0 for none.'),
    before.keepNewest,
  );
  if (keepNewest === undefined) return undefined;
  const order = keepNewest === 0 ? before.order : await askOrder(title, before.order);
  if (order === undefined) return undefined;
  const olderThanDays = await askCount(
    title,
    vscode.l10n.t('How many days old has to be what goes? 0 for any age.'),
    before.olderThanDays,
  );
  if (olderThanDays === undefined) return undefined;
  const keep = await ask({
    title,
    prompt: vscode.l10n.t('Which tags stay in any case? Names and patterns, with commas between them.'),
    value: before.keep.join(', '),
    check: (text) => void parseTagPatterns(splitList(text)),
  });
  if (keep === undefined) return undefined;
  const untagged = listsUntagged ? await askUntagged(title, before.untagged) : false;
  return untagged === undefined
    ? undefined
    : { matching: matching.trim(), keepNewest, order, olderThanDays, keep: splitList(keep), untagged };
}

function ask(input: {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  /** Throws what is wrong. */
  readonly check: (text: string) => void;
}): Thenable<string | undefined> {
  const { title, prompt, value, check } = input;
  const validateInput = (text: string): string | undefined => {
    try {
      check(text);
      return undefined;
    } catch (error) {
      return errorMessage(error);
    }
  };
  return vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true, validateInput });
}

async function askCount(title: string, prompt: string, before: number): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    ...{ title, prompt, value: String(before), ignoreFocusOut: true },
    validateInput: (typed) => (/^\d{1,5}$/.test(typed.trim()) ? undefined : vscode.l10n.t('A number, 0 or more.')),
  });
  return text === undefined ? undefined : Number(text.trim());
}

async function askOrder(title: string, before: PruneRule['order']): Promise<PruneRule['order'] | undefined> {
  const items = [
    {
      order: 'version' as const,
      label: vscode.l10n.t('The newest by version'),
      description: vscode.l10n.t('of each kind of names'),
    },
    {
      order: 'date' as const,
      label: vscode.l10n.t('The newest by date'),
      description: vscode.l10n.t('of the push, else of the image'),
    },
  ].sort((one) => (one.order === before ? -1 : 1));
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.order;
}

async function askUntagged(title: string, before: boolean): Promise<boolean | undefined> {
  const items = [
    {
      untagged: true,
      label: vscode.l10n.t('Images without a tag go too'),
      description: vscode.l10n.t('those that nothing needs'),
    },
    { untagged: false, label: vscode.l10n.t('Images without a tag stay') },
  ].sort((one) => (one.untagged === before ? -1 : 1));
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.untagged;
}

/** A comma in a regular expression is a part of it. */
function splitList(text: string): readonly string[] {
  return (text.match(/\/(?:\\.|[^/\\])+\/i?|[^,\s]+/g) ?? []).map((pattern) => pattern.trim());
}

function icon(name: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name);
}

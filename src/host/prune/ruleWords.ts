import * as vscode from 'vscode';
import type { KeepReason, PruneRule } from '../../core/transfer/pruneRule.ts';

/** A filter of which no tag is: for a rule about untagged images only. */
export const noTags = '-*';

/** A rule in one line: `of pr-*; the 10 newest by version stay; older than 90 days`. */
export function ruleText(rule: PruneRule): string {
  const { matching, keepNewest, order, olderThanDays, keep, untagged } = rule;
  if (matching === noTags) return vscode.l10n.t('images without a tag that nothing needs');
  const parts = [
    matching === '' ? vscode.l10n.t('all tags') : vscode.l10n.t('tags like {0}', matching),
    ...(keepNewest === 0
      ? []
      : [
          order === 'version'
            ? vscode.l10n.t('the newest {0} by version stay', keepNewest)
            : vscode.l10n.t('the newest {0} by date stay', keepNewest),
        ]),
    ...(olderThanDays === 0 ? [] : [vscode.l10n.t('only what is older than {0} days', olderThanDays)]),
    ...(keep.length === 0 ? [] : [vscode.l10n.t('{0} stay', keep.join(', '))]),
    ...(untagged ? [vscode.l10n.t('images without a tag too')] : []),
  ];
  return parts.join('; ');
}

/** Why something stays, as the heading of those that do. */
export function reasonText(reason: KeepReason): string {
  switch (reason) {
    case 'attachment':
      return vscode.l10n.t('signatures and other attachments, which go with their images');
    case 'protected':
      return vscode.l10n.t('protected by the setting gantry.protectedTags');
    case 'locked':
      return vscode.l10n.t('locked in the registry');
    case 'listed':
      return vscode.l10n.t('named by the rule as staying');
    case 'other':
      return vscode.l10n.t('not what the rule is about');
    case 'unknown':
      return vscode.l10n.t('too little is known of them to tell whether the rule is about them');
    case 'no-version':
      return vscode.l10n.t('without a version that could be compared');
    case 'newest':
      return vscode.l10n.t('among the newest, or of the same image');
    case 'no-date':
      return vscode.l10n.t('without a date');
    case 'young':
      return vscode.l10n.t('too young');
    case 'used':
      return vscode.l10n.t('untagged, but needed by another image, or not known to be unneeded');
    case 'attached':
      return vscode.l10n.t('signed, or something else is attached to them');
    case 'in-index':
      return vscode.l10n.t('part of a multi-platform image');
    case 'shared':
      return vscode.l10n.t('of an image that stays for another tag, in a registry that removes no tag alone');
  }
}

import * as vscode from 'vscode';
import { parseTagPatterns } from '../../core/finding/tagPatterns.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { protectedTags } from '../settings.ts';

/** Those of some tags, by their references, that the setting protects. */
export function protectedAmong(references: readonly string[]): readonly string[] {
  const isProtected = parseTagPatterns(protectedTags());
  return references.filter((reference) => {
    const { registry, repository, tag } = parseReference(reference);
    return tag !== undefined && isProtected({ repository: `${registry}/${repository}`, tag });
  });
}

/** The second question about protected tags, which whoever answers the first in haste reads. `true` where there are none. */
export async function confirmProtected(
  references: readonly string[],
  words: { readonly question: (tags: string) => string; readonly confirm: string },
): Promise<boolean> {
  const found = protectedAmong(references);
  if (found.length === 0) return true;
  const detail = vscode.l10n.t('The setting gantry.protectedTags protects it, so that you are asked twice.');
  const question = words.question(found.slice(0, 12).join(', '));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, words.confirm)) === words.confirm;
}

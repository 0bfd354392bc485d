import * as vscode from 'vscode';
import { parseReference } from '../../core/oci/reference.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

/**
 * What a tag named before what it names now: as it was when its repository was last looked at in an earlier window, else as its
 * registry remembers. `undefined` where nobody knows.
 */
export async function formerDigest(
  { gantry }: Services,
  { reference, connectionId }: ImageTarget,
): Promise<string | undefined> {
  const { tag = 'latest' } = parseReference(reference);
  const connection = connectionId === undefined ? {} : { connectionId };
  return withProgress(vscode.l10n.t('Asking what the tag named before…'), async (signal) => {
    const options = { ...connection, signal };
    const { digest } = await gantry.resolve(reference, options);
    const seen = (await gantry.seenDigests(reference, connection)).get(tag);
    if (seen !== undefined && seen !== digest) return seen;
    if (!(await gantry.repositoryAbilities(reference, connection)).has('history')) return undefined;
    const { items } = await gantry.tagHistory(reference, options);
    return items.find((change) => change.digest !== digest)?.digest;
  });
}

import * as vscode from 'vscode';
import type { TransferResult } from '../../api.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { formatSize } from '../present.ts';
import type { Services } from '../services.ts';
import type { RepositoryNode, TagNode, UntaggedImageNode } from '../tree/nodes.ts';
import type { Views } from './commands.ts';
import { copyInto, tellCopied } from './copyImage.ts';
import { assertTakesChanges } from './refusal.ts';
import { imageTargets } from './targets.ts';

/** Images that were dragged onto a repository. */
export interface DroppedImages {
  readonly images: readonly (TagNode | UntaggedImageNode)[];
  readonly repository: RepositoryNode;
}

/** Images that the question names; more are counted. */
const mostNamed = 10;

/** Asks first, since a row is soon dropped on another; then copies one after the other. Resolves with what was copied. */
export async function copyDropped(
  services: Services,
  imagePanels: Views['imagePanels'],
  { images, repository }: DroppedImages,
): Promise<readonly TransferResult[]> {
  const target = parseReference(repository.repository.reference).familiar;
  // Before the question: what is refused need not be decided.
  assertTakesChanges(repository.connection);
  if (!(await isWanted(images, target))) return [];
  const results: TransferResult[] = [];
  for (const image of imageTargets(undefined, images)) {
    const options = { targetConnectionId: repository.connection.id };
    const copied = await copyInto(services, image, repository.repository.reference, options);
    if (copied === undefined) break;
    results.push(copied.result);
    if (images.length === 1) void tellCopied(services, imagePanels, copied);
  }
  if (images.length > 1) tellAll(results, images.length, target);
  return results;
}

async function isWanted(images: DroppedImages['images'], target: string): Promise<boolean> {
  const copy = vscode.l10n.t('Copy');
  const names = images.slice(0, mostNamed).map(({ reference }) => parseReference(reference).familiar);
  const others = images.length - names.length;
  const chosen = await vscode.window.showInformationMessage(
    images.length === 1
      ? vscode.l10n.t('Copy {0} to {1}?', names[0] ?? '', target)
      : vscode.l10n.t('Copy {0} images to {1}?', images.length, target),
    {
      modal: true,
      detail: [
        ...(images.length === 1 ? [] : names),
        ...(others > 0 ? [vscode.l10n.t('and {0} more', others)] : []),
        vscode.l10n.t('Signatures and what else refers to them go along. What is there already is not sent.'),
      ].join('\n'),
    },
    copy,
  );
  return chosen === copy;
}

function tellAll(results: readonly TransferResult[], all: number, target: string): void {
  const sent = results.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} of {1} images are in {2} now: {3} sent.', results.length, all, target, formatSize(sent)),
  );
}

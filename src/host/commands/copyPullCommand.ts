import * as vscode from 'vscode';
import { isLocalRegistry } from '../../core/oci/localReference.ts';
import { type PullTool, pullCommand, pullTools } from '../../core/oci/pullCommand.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { Services } from '../services.ts';
import { copyLines, pinnedReference, plainReference, resolveDigests } from './copy.ts';
import type { ImageTarget } from './targets.ts';

interface Choice {
  readonly tool: PullTool;
  readonly isByDigest: boolean;
}

/** Of this window: it stands first the next time. */
let lastChoice: Choice = { tool: 'docker', isByDigest: false };

/** Asks with which program, and copies the line for it. `tool` leaves the question out. */
export async function copyPullCommand(
  services: Services,
  images: readonly ImageTarget[],
  tool?: PullTool,
): Promise<readonly string[] | undefined> {
  const references = images.map(({ reference }) => plainReference(reference));
  // What is on this machine is no other program's to pull.
  const isLocal = references.some((reference) => isLocalRegistry(parseReference(reference).registry));
  const fixed = tool ?? (isLocal ? 'docker' : undefined);
  const choice = fixed === undefined ? await choose(references) : { tool: fixed, isByDigest: false };
  if (choice === undefined) return undefined;
  if (!choice.isByDigest) return copyLines(references.map((reference) => pullCommand(reference, choice.tool)));
  const digests = await resolveDigests(services, images);
  return copyLines(
    references.map((reference, index) => pullCommand(pinnedReference(reference, digests[index] ?? ''), choice.tool)),
  );
}

async function choose([reference = '']: readonly string[]): Promise<Choice | undefined> {
  const choices = [false, true].flatMap((isByDigest) => pullTools.map((tool): Choice => ({ tool, isByDigest })));
  const isLast = ({ tool, isByDigest }: Choice): boolean =>
    tool === lastChoice.tool && isByDigest === lastChoice.isByDigest;
  const items = [...choices.filter(isLast), ...choices.filter((choice) => !isLast(choice))].map((choice) => ({
    label: choice.tool,
    description: choice.isByDigest ? vscode.l10n.t('by digest: the same bytes for ever') : '',
    detail: choice.isByDigest ? '' : pullCommand(reference, choice.tool),
    choice,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Copy Pull Command'),
    placeHolder: vscode.l10n.t('With which program?'),
  });
  if (chosen !== undefined) lastChoice = chosen.choice;
  return chosen?.choice;
}

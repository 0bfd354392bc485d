import * as vscode from 'vscode';
import { isRegistryError } from '../../core/errors.ts';
import { readAllFacts } from '../../core/finding/readFacts.ts';
import { parseTagFilter } from '../../core/finding/tagFilter.ts';
import type { TagOrder } from '../../core/oci/tagOrder.ts';
import { errorMessage } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { RepositoryNode } from '../tree/nodes.ts';
import type { RepositoryTags } from '../tree/repositoryTags.ts';
import { factSource } from '../tree/tagDetails.ts';
import type { TagView } from '../tree/tagView.ts';
import { runStep } from './steps.ts';

/** Asks by what the tags of a repository are to be sorted. */
export async function askOrder(repository: string, current: TagOrder): Promise<TagOrder | undefined> {
  const items = [
    { order: 'version' as const, label: vscode.l10n.t('By version'), description: vscode.l10n.t('the newest first') },
    {
      order: 'date' as const,
      label: vscode.l10n.t('By date'),
      description: vscode.l10n.t('of the push, else of the image; the newest first'),
    },
    { order: 'name' as const, label: vscode.l10n.t('By name'), description: vscode.l10n.t('as the alphabet has them') },
  ].map((item) => ({ ...item, iconPath: new vscode.ThemeIcon(item.order === current ? 'check' : 'blank') }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sort Tags of {0}', repository),
    placeHolder: vscode.l10n.t('It is remembered for this repository'),
  });
  return chosen?.order;
}

/** Asks for a filter; an empty one shows all tags. */
export async function askFilter(view: TagView): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Filter Tags');
  box.prompt = vscode.l10n.t(
    'Text, 1.27*, /^v\\d+$/, platform:arm64, newer:30d, older:1y, signed; several at once; - before one means not',
  );
  box.placeholder = '1.27* -alpine platform:arm64';
  box.value = view.filter?.text ?? '';
  const end = await runStep(box, {
    change: (text) => {
      box.validationMessage = filterProblem(text);
    },
    accept: async () => {
      box.validationMessage = filterProblem(box.value);
      return box.validationMessage === undefined ? box.value.trim() : undefined;
    },
  });
  return end.kind === 'done' ? end.value : undefined;
}

/** Reads all pages of a repository, with a notification that can stop it. */
export async function loadAllTags(node: RepositoryNode, tags: RepositoryTags): Promise<void> {
  await withProgress(vscode.l10n.t('Reading the tags of {0}…', node.repository.name), async (signal) => {
    const stop = (): void => tags.stop();
    signal.addEventListener('abort', stop);
    await tags.follow();
    signal.removeEventListener('abort', stop);
  });
}

/** Looks at all images of a repository that were not looked at, with a notification that can stop it. */
export async function loadAllDetails(
  services: Services,
  node: RepositoryNode,
  { tags, needsSignatures }: { readonly tags: RepositoryTags; readonly needsSignatures: boolean },
): Promise<void> {
  await withProgress(vscode.l10n.t('Looking at the tags of {0}…', node.repository.name), (signal, report) =>
    readAllFacts(factSource(services, node, needsSignatures), tags, {
      signal,
      report: (done, all) => report(`${done} / ${all}`, (done / all) * 100),
    }),
  );
}

function filterProblem(text: string): string | undefined {
  try {
    parseTagFilter(text, Date.now());
    return undefined;
  } catch (error) {
    if (!isRegistryError(error, 'invalid')) throw error;
    return errorMessage(error);
  }
}

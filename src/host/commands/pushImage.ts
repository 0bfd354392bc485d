import * as vscode from 'vscode';
import type { TransferResult } from '../../api.ts';
import { takesPushes } from '../../core/adapters/kinds.ts';
import { isRegistryError } from '../../core/errors.ts';
import { archiveRegistry, engineRegistry, isLocalRegistry, layoutRegistry } from '../../core/oci/localReference.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import { errorMessage, formatSize } from '../present.ts';
import type { Services } from '../services.ts';
import { connectionOf, repositoryOf, type TreeNode } from '../tree/nodes.ts';
import { copyTo } from './copyImage.ts';
import { assertTakesChanges, targetProblem } from './refusal.ts';
import { askReference } from './targets.ts';

interface SourceItem extends vscode.QuickPickItem {
  readonly reference?: string;
  readonly place?: 'folder' | 'archive';
}

/** Asks for an image of this machine and where it goes to; what is there is not sent, and no tag is moved unasked. */
export async function pushAndTell(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  node: TreeNode | undefined,
): Promise<TransferResult | undefined> {
  if (node !== undefined && node.kind !== 'offer') assertTakesChanges(connectionOf(node));
  const source = await chooseSource(services);
  if (source === undefined) return undefined;
  const target = await askReference(
    {
      title: vscode.l10n.t('Push {0}', source),
      prompt: vscode.l10n.t('Where to: a repository of any registry. Without a tag it gets the same.'),
      value: proposedTarget(services, source, node),
    },
    (reference) => targetProblem(services, reference),
  );
  return target === undefined ? undefined : copyTo(services, imagePanels, { reference: source }, target);
}

async function chooseSource(services: Services): Promise<string | undefined> {
  const title = vscode.l10n.t('Push Image');
  const chosen = await vscode.window.showQuickPick(sourceItems(services), {
    title,
    placeHolder: vscode.l10n.t('Which image of this machine?'),
    matchOnDescription: true,
  });
  if (chosen?.place === undefined) return chosen?.reference;
  const isFolder = chosen.place === 'folder';
  const [found] = (await vscode.window.showOpenDialog({
    title: chosen.label,
    openLabel: vscode.l10n.t('Push'),
    canSelectFolders: isFolder,
    canSelectFiles: !isFolder,
  })) ?? [undefined];
  if (found === undefined) return undefined;
  const place = `${isFolder ? layoutRegistry : archiveRegistry}${found.path}`;
  const { items } = await services.gantry.listTags(place);
  const names = items.map(({ name }) => name);
  const name = names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { title, placeHolder: place });
  if (name === undefined) return undefined;
  return `${place}${/^sha\d+:/.test(name) ? '@' : ':'}${name}`;
}

/** Where no engine answers, that is said in its place. */
async function sourceItems({ gantry }: Services): Promise<readonly SourceItem[]> {
  const places: readonly SourceItem[] = [
    { label: vscode.l10n.t('Folder (OCI Image Layout)…'), place: 'folder' },
    { label: vscode.l10n.t('Archive…'), place: 'archive' },
  ];
  try {
    const images = await gantry.engineImages();
    return [
      ...images.map(({ reference, size }) => ({
        label: parseReference(reference.slice(engineRegistry.length)).familiar,
        description: formatSize(size),
        reference,
      })),
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      ...places,
    ];
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    return [
      ...places,
      { label: vscode.l10n.t('Container Engine'), kind: vscode.QuickPickItemKind.Separator },
      { label: vscode.l10n.t('No images of an engine'), detail: errorMessage(error) },
    ];
  }
}

/** The name that the image has, where that is of a registry of the user's; else its last part, where it is to go. */
function proposedTarget({ gantry }: Services, source: string, node: TreeNode | undefined): string {
  const { registry, repository, tag } = parseReference(source);
  const named = registry === engineRegistry ? parseReference(`${repository}:${tag ?? 'latest'}`) : undefined;
  const repositoryNode = node && repositoryOf(node);
  const suffix = tag === undefined || tag.includes('/') ? '' : `:${tag}`;
  if (repositoryNode !== undefined) return `${nameOf(repositoryNode.repository.reference)}${suffix}`;
  if (node === undefined && named !== undefined && gantry.isConnected(named)) {
    return `${named.registry}/${named.repository}:${named.tag ?? 'latest'}`;
  }
  const connection = node === undefined || node.kind === 'offer' ? undefined : connectionOf(node);
  const remote =
    connection ?? gantry.connections().find(({ adapterId, readOnly }) => takesPushes(adapterId) && readOnly !== true);
  if (remote === undefined || !/^https?:/.test(remote.url)) return '';
  const { host, pathname } = new URL(remote.url);
  const last =
    repository
      .split('/')
      .at(-1)
      ?.replace(/\.tar$/, '') ?? '';
  return `${host}${pathname.replace(/\/$/, '')}/${named?.repository.replace(/^library\//, '') ?? last}${suffix}`;
}

function nameOf(reference: string): string {
  const { registry, repository } = parseReference(reference);
  return isLocalRegistry(registry) ? '' : `${registry}/${repository}`;
}

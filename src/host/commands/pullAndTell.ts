import * as vscode from 'vscode';
import type { PullDestination, PullResult } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { engineRegistry, isLocalRegistry } from '../../core/oci/localReference.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { ImageAction } from '../../core/oci/shellCommand.ts';
import { errorMessage, formatSize } from '../present.ts';
import type { Services } from '../services.ts';
import { copyShellCommand } from './copyShellCommand.ts';
import { type PullArguments, type PullForm, pullImage, targetOf } from './pullImage.ts';
import { placeWords, showPlace } from './showPlace.ts';
import type { ImageTarget } from './targets.ts';

type Way = 'engine' | 'load' | PullForm;

/** Of this window: it stands first the next time. */
let lastWay: Way | undefined;

/** From the tree or the palette: asks where to, and what is not known of that. */
export async function pullAndTell(services: Services, image: ImageTarget): Promise<PullResult | undefined> {
  const way = await chooseWay(services, image);
  return way && pullThatWay(services, image, way);
}

async function pullThatWay(services: Services, image: ImageTarget, way: Way): Promise<PullResult | undefined> {
  const destination = await chooseDestination(image, way);
  if (destination === undefined) return undefined;
  lastWay = way;
  try {
    const pulled = await pullImage(services, image, destination);
    void tell(pulled, {
      kind: 'pull',
      source: image.reference,
      destination: targetOf(destination),
      platform: image.platform,
    });
    return pulled;
  } catch (error) {
    const other = way === 'engine' ? otherWay(error) : undefined;
    if (other === undefined) throw error;
    if ((await vscode.window.showWarningMessage(errorMessage(error), other.words)) !== other.words) return undefined;
    return pullThatWay(services, image, other.way);
  }
}

/**
 * What helps where an engine did not do it. Without a host the error is about the engine, which a folder is an answer to;
 * what a registry refuses, it refuses again, but Gantry may reach one that the engine does not, or does not trust.
 */
function otherWay(error: unknown): { readonly way: Way; readonly words: string } | undefined {
  if (!isRegistryError(error) || error.code === 'cancelled') return undefined;
  if (error.host === undefined) return { way: 'layout', words: vscode.l10n.t('Pull into a Folder…') };
  return ['tls', 'unreachable'].includes(error.code)
    ? { way: 'load', words: vscode.l10n.t('Fetch with Gantry and Load') }
    : undefined;
}

async function chooseWay(services: Services, { reference }: ImageTarget): Promise<Way | undefined> {
  const { registry, familiar } = parseReference(reference);
  const isOfEngine = registry === engineRegistry;
  const engine = isOfEngine ? undefined : await services.gantry.findEngine();
  const ofEngine = isOfEngine ? [] : engineWays(engine, isLocalRegistry(registry));
  const ways: readonly (readonly [Way, string, string])[] = [
    ...(engine === undefined ? [] : ofEngine),
    [
      'layout',
      vscode.l10n.t('Into a Folder, as an OCI Image Layout'),
      vscode.l10n.t('Every byte and every platform; goes on with what is there'),
    ],
    ['oci-archive', vscode.l10n.t('Into an OCI Archive'), vscode.l10n.t('The same in one file, for podman and skopeo')],
    [
      'docker-archive',
      vscode.l10n.t('Into a Docker Archive'),
      vscode.l10n.t('One platform in one file, for "docker load"'),
    ],
    [
      'files',
      vscode.l10n.t('Files Only'),
      vscode.l10n.t('What a container sees, unpacked into a folder: without devices and owners'),
    ],
    ...(engine === undefined ? ofEngine : []),
  ];
  const items = ways.map(([way, label, detail]) => ({ way, label, detail }));
  const isLast = ({ way }: { readonly way: Way }): boolean => way === lastWay;
  const chosen = await vscode.window.showQuickPick(
    [...items.filter(isLast), ...items.filter((item) => !isLast(item))],
    { title: vscode.l10n.t('Pull {0}', familiar), placeHolder: vscode.l10n.t('Where to?') },
  );
  return chosen?.way;
}

/** Where none answers, choosing it says why. */
function engineWays(
  engine: 'docker' | 'podman' | undefined,
  isLocal: boolean,
): readonly (readonly [Way, string, string])[] {
  if (engine === undefined) {
    const label = vscode.l10n.t('Into a Container Engine');
    return [[isLocal ? 'load' : 'engine', label, vscode.l10n.t('None answers on this machine')]];
  }
  const name = engine === 'podman' ? 'Podman' : 'Docker';
  const load: readonly [Way, string, string] = [
    'load',
    vscode.l10n.t('Into {0}, Fetched by Gantry', name),
    vscode.l10n.t('For a registry that {0} cannot reach; it gets no login', name),
  ];
  if (isLocal) return [load];
  const detail = vscode.l10n.t('{0} fetches the image, with the login of its registry', name);
  return [['engine', vscode.l10n.t('Into {0}', name), detail], load];
}

/** Asks for the folder or the file. */
async function chooseDestination(image: ImageTarget, way: Way): Promise<PullArguments | undefined> {
  if (way === 'engine' || way === 'load') return { destination: way };
  const { repository, tag } = parseReference(image.reference);
  if (way === 'oci-archive' || way === 'docker-archive') {
    const name = `${repository.split('/').at(-1)}${tag === undefined ? '' : `-${tag}`}.tar`;
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const archive = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('File for the Archive'),
      saveLabel: vscode.l10n.t('Pull'),
      filters: { [vscode.l10n.t('Archives')]: ['tar'] },
      ...(folder?.uri.scheme === 'file' && { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
    });
    // The dialog has asked before it gave a file that is there.
    return archive && { destination: archive, as: way, overwrite: true };
  }
  const [folder] = (await vscode.window.showOpenDialog({
    title:
      way === 'files' ? vscode.l10n.t('Empty Folder for the Files') : vscode.l10n.t('Folder for the OCI Image Layout'),
    openLabel: vscode.l10n.t('Pull'),
    canSelectFiles: false,
    canSelectFolders: true,
  })) ?? [undefined];
  return folder && { destination: folder, as: way };
}

async function tell({ destination, reference }: PullResult, action: ImageAction): Promise<void> {
  const { familiar } = parseReference(reference);
  const place = placeOf(destination);
  const open = placeWords();
  const copyCommand = vscode.l10n.t('Copy Command');
  const buttons = [...(place === undefined ? [] : [open]), copyCommand];
  const chosen = await vscode.window.showInformationMessage(wordsOf(familiar, destination), ...buttons);
  if (chosen === copyCommand) await copyShellCommand(action);
  if (chosen === open && place !== undefined) await showPlace(place);
}

function placeOf(destination: PullDestination): string | undefined {
  if (destination.kind === 'engine') return undefined;
  return destination.kind === 'archive' ? destination.archive : destination.folder;
}

function wordsOf(familiar: string, destination: PullDestination): string {
  if (destination.kind === 'engine') return vscode.l10n.t('{0} is in {1} now.', familiar, destination.engine);
  const fetched = formatSize(destination.bytesFetched);
  if (destination.kind !== 'files') {
    return vscode.l10n.t('{0} is in {1} now, {2} fetched.', familiar, placeOf(destination) ?? '', fetched);
  }
  const { files, bytes, folder, leftOut } = destination;
  const count = leftOut.reduce((sum, item) => sum + item.count, 0);
  const sentences = [
    vscode.l10n.t('{0} files of {1} ({2}) are in {3} now.', files, familiar, formatSize(bytes), folder),
    ...(count === 0
      ? []
      : [
          vscode.l10n.t(
            '{0} are left out, such as {1}: devices, pipes, and names that cannot be here.',
            count,
            leftOut
              .flatMap(({ examples }) => examples)
              .slice(0, 3)
              .join(', '),
          ),
        ]),
  ];
  return sentences.join(' ');
}

import * as vscode from 'vscode';
import { kindOfUrl, ociKind } from '../../core/adapters/kinds.ts';
import { engineRegistry } from '../../core/oci/localReference.ts';
import { type PastedAddress, readPastedAddress } from '../../core/pastedAddress.ts';
import type { DiscoveredRegistry } from '../../core/useCases/discovery.ts';
import { wellKnownRegistries } from '../../core/wellKnownRegistries.ts';
import { logError } from '../log.ts';
import { loginProgram } from '../loginWords.ts';
import { machineName } from '../machineName.ts';
import { errorMessage, headline } from '../present.ts';
import type { Services } from '../services.ts';
import type { Attempt, Outcome } from './addRegistry.ts';
import { runStep } from './steps.ts';

interface Item extends vscode.QuickPickItem {
  /** What it adds; nothing for a row that only says something. */
  readonly source?: { readonly address: PastedAddress } | 'folder' | 'archive';
  /** The text that it is a reading of, and which of the readings. */
  readonly reading?: { readonly text: string; readonly index: number };
}

/** What is found out of this machine while the step is shown. */
interface Known {
  logins: readonly DiscoveredRegistry[];
  engine: 'docker' | 'podman' | undefined;
}

export interface FirstAnswer {
  /** What stands in the box, for the case that it has to be changed. */
  readonly typed: string;
  readonly outcome: Outcome;
}

/**
 * The first step: a text that names a registry, or one of those that can be known without. Tries it at once; `undefined`
 * when the user gave up.
 */
export async function askAddress(
  services: Services,
  typed: string,
  attempt: Attempt,
): Promise<FirstAnswer | undefined> {
  let text = typed;
  for (;;) {
    const chosen = await showAddresses(services, text, attempt);
    if (chosen === undefined || 'outcome' in chosen) return chosen;
    text = chosen.typed;
    const address = await chooseFile(chosen.source);
    const outcome = address && (await attempt({ address, options: {} }, new AbortController().signal));
    if (outcome !== undefined) return { typed: text, outcome };
  }
}

/** An address that was tried, or what is asked for by a dialog of its own, which would close this one. */
async function showAddresses(
  services: Services,
  typed: string,
  attempt: Attempt,
): Promise<FirstAnswer | { readonly typed: string; readonly source: 'folder' | 'archive' } | undefined> {
  const known: Known = { logins: [], engine: undefined };
  let suggestions = suggestedItems(services, known);
  const picker = vscode.window.createQuickPick<Item>();
  const update = (text: string): void => {
    picker.items = [...(text.trim() === '' ? [hintItem()] : readingItems(services, text)), ...suggestions];
  };
  picker.title = vscode.l10n.t('Add Registry');
  picker.placeholder = vscode.l10n.t('Paste an address, an image, a "docker pull" line, or the page of a registry');
  picker.matchOnDescription = true;
  picker.value = typed;
  update(typed);
  let isOpen = true;
  const learn = (learnt: Partial<Known>): void => {
    Object.assign(known, learnt);
    suggestions = suggestedItems(services, known);
    if (isOpen && !picker.busy) update(picker.value);
  };
  void discover(services).then((logins) => learn({ logins }));
  const looking = new AbortController();
  void findEngine(services, looking.signal).then((engine) => engine && learn({ engine }));
  const end = await runStep(picker, {
    change: update,
    stopsAtEnter: true,
    accept: async (signal) => {
      const { value } = picker;
      const item = currentItem(services, picker.selectedItems[0], value);
      if (item?.source === undefined) return undefined;
      if (typeof item.source === 'string') return { typed: value, source: item.source };
      const { address } = item.source;
      picker.items = [
        {
          label: vscode.l10n.t('Asking {0}…', address.label),
          iconPath: new vscode.ThemeIcon('loading~spin'),
          detail: vscode.l10n.t('Press Enter to stop.'),
          alwaysShow: true,
        },
      ];
      const outcome = await attempt({ address, options: {} }, signal);
      if (outcome === undefined) update(picker.value);
      return outcome && { typed: value, outcome };
    },
  });
  isOpen = false;
  looking.abort();
  return end.kind === 'done' ? end.value : undefined;
}

/** What docker and podman on this machine have a login for. Their files are read, and nothing of them is kept. */
async function discover({ gantry, log }: Services): Promise<readonly DiscoveredRegistry[]> {
  try {
    return await gantry.discoverRegistries({ isRepeated: true });
  } catch (error) {
    logError(log, 'Looking for logins', error);
    return [];
  }
}

/** The engine that answers, if one does: its images can be shown. */
async function findEngine({ gantry, log }: Services, signal: AbortSignal): Promise<Known['engine']> {
  try {
    return await gantry.findEngine({ signal });
  } catch (error) {
    if (!signal.aborted) logError(log, 'Looking for a container engine', error);
    return undefined;
  }
}

/** The row that Enter means: what is typed fast is ahead of the rows that are shown. */
function currentItem(services: Services, selected: Item | undefined, text: string): Item | undefined {
  const isReading = selected === undefined || selected.reading !== undefined;
  if (!isReading || text.trim() === '' || selected?.reading?.text === text) return selected;
  const items = readingItems(services, text);
  return items[selected?.reading?.index ?? 0] ?? items[0];
}

/**
 * What the box takes. It stands for what is typed until its rows are there: without any row that fits, VS Code would not
 * tell of Enter.
 */
function hintItem(): Item {
  return {
    label: vscode.l10n.t('Type or paste what you have'),
    detail: 'registry.example.com · ghcr.io/team/app:1.0 · docker pull … · https://hub.docker.com/r/…',
    iconPath: new vscode.ThemeIcon('edit'),
    alwaysShow: true,
    reading: { text: '', index: 0 },
  };
}

function readingItems(services: Services, text: string): readonly Item[] {
  let addresses: readonly PastedAddress[];
  try {
    addresses = readPastedAddress(text);
  } catch (error) {
    const reading = { text, index: 0 };
    const { message: label, detail } = headline(errorMessage(error));
    return [{ label, detail, iconPath: new vscode.ThemeIcon('info'), alwaysShow: true, reading }];
  }
  return addresses.map((address, index) => ({
    ...addressItem(address),
    detail: addressDetail(services, address),
    alwaysShow: true,
    source: { address },
    reading: { text, index },
  }));
}

function addressItem(address: PastedAddress): Item {
  const { url, label } = address;
  const shownUrl = url.replace(/^https:\/\//, '');
  const kind = kindOfUrl(url);
  const kindLabel = kind === ociKind || kind.label === label ? undefined : kind.label;
  return {
    label,
    description: [shownUrl === label ? undefined : shownUrl, kindLabel]
      .filter((part) => part !== undefined)
      .join(' · '),
    iconPath: new vscode.ThemeIcon('server'),
    source: { address },
  };
}

function addressDetail(services: Services, { url, reference }: PastedAddress): string {
  const isConnected = services.connections.all().some((connection) => connection.url === url);
  const path = url.startsWith('http') ? new URL(url).pathname.slice(1) : '';
  if (reference !== undefined) {
    return isConnected
      ? vscode.l10n.t('Connected already. Shows {0}.', reference)
      : vscode.l10n.t('Adds the registry, and shows {0}.', reference);
  }
  if (isConnected) return vscode.l10n.t('Connected already. Shows it in the view.');
  return path === ''
    ? vscode.l10n.t('Adds the registry.')
    : vscode.l10n.t('Adds the registry, with those repositories only whose names begin with {0}.', path);
}

/** What can be offered before anything is typed. */
function suggestedItems(services: Services, { logins: found, engine }: Known): readonly Item[] {
  const isConnected = ({ url }: PastedAddress): boolean =>
    services.connections.all().some((connection) => connection.url === url);
  const known = wellKnownRegistries.map(({ host }) => readPastedAddress(host)[0]).filter((each) => !isConnected(each));
  const loggedIn = found.flatMap((login): Item[] => {
    const address = readPastedAddress(login.url).find(({ url }) => url === login.url);
    if (address === undefined || isConnected(address)) return [];
    const from = vscode.l10n.t('Login of "{0}", used where it is', loginProgram(login));
    return [{ ...addressItem(address), detail: login.account === undefined ? from : `${login.account} · ${from}` }];
  });
  return [
    ...(loggedIn.length === 0 ? [] : [separator(vscode.l10n.t('logged in to on {0}', machineName())), ...loggedIn]),
    separator(vscode.l10n.t('well-known registries')),
    ...known.map(addressItem),
    separator(vscode.l10n.t('images on {0}', machineName())),
    ...engineItems(engine).filter(({ source }) => !isConnected(source.address)),
    {
      label: vscode.l10n.t('Folder with an OCI Image Layout…'),
      iconPath: new vscode.ThemeIcon('folder'),
      source: 'folder',
    },
    {
      label: vscode.l10n.t('Archive of "docker save" or "podman save"…'),
      iconPath: new vscode.ThemeIcon('file-zip'),
      source: 'archive',
    },
  ];
}

/** Named after the program that answers. */
function engineItems(
  engine: Known['engine'],
): readonly (Item & { readonly source: { readonly address: PastedAddress } })[] {
  if (engine === undefined) return [];
  const [address] = readPastedAddress(engineRegistry);
  const label =
    engine === 'podman' ? vscode.l10n.t('Podman on {0}', machineName()) : vscode.l10n.t('Docker on {0}', machineName());
  return [
    {
      label,
      detail: vscode.l10n.t('The images that it holds. They are read, and not changed.'),
      iconPath: new vscode.ThemeIcon('vm'),
      source: { address: { ...address, label } },
    },
  ];
}

async function chooseFile(source: 'folder' | 'archive'): Promise<PastedAddress | undefined> {
  const isFolder = source === 'folder';
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: isFolder
        ? vscode.l10n.t('Folder with an OCI Image Layout')
        : vscode.l10n.t('Archive of "docker save" or "podman save"'),
      openLabel: vscode.l10n.t('Add'),
      canSelectFolders: isFolder,
      canSelectFiles: !isFolder,
    })) ?? [];
  if (chosen === undefined) return undefined;
  return readPastedAddress(`${isFolder ? 'oci' : 'docker-archive'}:${chosen.fsPath}`)[0];
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

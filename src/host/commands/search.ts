import * as vscode from 'vscode';
import type { ConnectionInfo, TagSummary } from '../../api.ts';
import { repositoryReference } from '../../core/connectionUrl.ts';
import { parseAttachmentTag } from '../../core/finding/attachmentTags.ts';
import type { SearchFinding } from '../../core/finding/nameSearch.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { sortTags } from '../../core/oci/tagOrder.ts';
import { PageReading } from '../../core/registry/pageReading.ts';
import { commandIds } from '../ids.ts';
import { createPause } from '../pause.ts';
import { errorMessage, formatAge, formatDate, formatSize, isCancelled } from '../present.ts';
import type { Services } from '../services.ts';
import { runStep, type StepEnd } from './steps.ts';

/** A repository, or an image when it has a tag or digest. */
export interface FoundImage {
  readonly reference: string;
  readonly connectionId?: string;
}

interface Item extends vscode.QuickPickItem {
  readonly found?: FoundImage;
}

/** Milliseconds without a key after which registries are asked; what is kept here is searched at every key. */
const typingDelay = 250;

/** Pages of tags that are read for a list to choose from. */
const tagPages = 20;

/** Searches all connections: an image, its tag, and what to do with it. */
export async function search(services: Services): Promise<FoundImage | undefined> {
  let text = '';
  for (;;) {
    const repository = await chooseRepository(services, text);
    if (repository === undefined) return undefined;
    text = repository.typed;
    const image = await chooseImage(services, repository.found);
    if (image === 'back') continue;
    if (image === undefined) return undefined;
    const end = await chooseAction(image);
    if (end.kind === 'back') continue;
    if (end.kind !== 'done') return undefined;
    await services.recent.add(image.reference);
    await vscode.commands.executeCommand(end.value, image.reference);
    return image;
  }
}

/** Names of all connections that contain a query, once every registry has answered. Those that failed are left out. */
export async function searchAll(services: Services, query: string): Promise<readonly FoundImage[]> {
  const findings = new Map<string, SearchFinding>();
  const { signal } = new AbortController();
  await services.gantry.searchNames(query, { signal, found: (finding) => findings.set(finding.connectionId, finding) });
  return services.gantry.connections().flatMap((connection) => {
    const names = findings.get(connection.id)?.names ?? [];
    return names.map((name) => foundIn(connection, name));
  });
}

async function chooseRepository(
  services: Services,
  typed: string,
): Promise<{ readonly typed: string; readonly found: FoundImage } | undefined> {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = vscode.l10n.t('Search Images');
  picker.placeholder = vscode.l10n.t('Name of a repository, or a whole reference such as ghcr.io/team/app:1.0');
  picker.matchOnDescription = true;
  picker.value = typed;
  const stopLast = searchAsTyped(services, picker);
  const end = await runStep(picker, {
    change: stopLast.change,
    accept: async () => {
      const found = picker.selectedItems[0]?.found;
      return found && { typed: picker.value, found };
    },
  });
  stopLast.stop();
  return end.kind === 'done' ? end.value : undefined;
}

/** Keeps the rows of a picker with what is typed. */
function searchAsTyped(
  services: Services,
  picker: vscode.QuickPick<Item>,
): { readonly change: (text: string) => void; readonly stop: () => void } {
  let running: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    running?.abort();
    clearTimeout(timer);
  };
  const change = (text: string): void => {
    stop();
    const query = text.trim();
    const controller = new AbortController();
    running = controller;
    const findings = new Map<string, SearchFinding>();
    const draw = (): void => {
      if (controller.signal.aborted) return;
      const active = picker.activeItems[0]?.found?.reference;
      picker.items = itemsOf(services, query, findings);
      picker.activeItems = picker.items.filter(({ found }) => found !== undefined && found.reference === active);
    };
    const found = (finding: SearchFinding): void => {
      findings.set(finding.connectionId, finding);
      draw();
    };
    draw();
    picker.busy = query !== '';
    if (query === '') return;
    const { signal } = controller;
    const run = async (isLocal: boolean): Promise<void> => {
      try {
        await services.gantry.searchNames(query, { signal, found, isLocal });
      } catch (error) {
        if (!isCancelled(error)) throw error;
      }
    };
    void run(true);
    timer = setTimeout(() => {
      void run(false).finally(() => {
        if (!signal.aborted) picker.busy = false;
      });
    }, typingDelay);
  };
  change(picker.value);
  return { change, stop };
}

function itemsOf(services: Services, query: string, findings: ReadonlyMap<string, SearchFinding>): readonly Item[] {
  const connections = services.gantry.connections();
  const direct = directItem(query);
  const pinned = connections.flatMap((connection) =>
    services.pins.of(connection.url).map((name) => item(foundIn(connection, name), connection, 'pinned')),
  );
  const recent = services.recent.all().map((reference) => item({ reference }, undefined, 'history'));
  const matches = ({ label }: Item): boolean =>
    query.split(/\s+/).every((word) => label.toLowerCase().includes(word.toLowerCase()));
  return [
    ...(direct === undefined ? [] : [direct]),
    ...section(vscode.l10n.t('pinned'), pinned.filter(matches)),
    ...section(vscode.l10n.t('recent'), recent.filter(matches)),
    ...(query === '' ? [] : connections.flatMap((connection) => findingItems(connection, findings.get(connection.id)))),
  ];
}

/** What was typed is an image itself. */
function directItem(query: string): Item | undefined {
  if (!/[/:@.]/.test(query) || /\s/.test(query)) return undefined;
  try {
    const { familiar, canonical } = parseReference(query);
    return {
      label: familiar,
      description: vscode.l10n.t('open it'),
      ...(canonical === familiar ? {} : { detail: canonical }),
      iconPath: new vscode.ThemeIcon('go-to-file'),
      alwaysShow: true,
      found: { reference: familiar },
    };
  } catch {
    return undefined;
  }
}

function findingItems(connection: ConnectionInfo, finding: SearchFinding | undefined): readonly Item[] {
  if (finding === undefined) return [];
  const { names, index, isBusy, error } = finding;
  const age = index?.readAt === undefined ? undefined : vscode.l10n.t('names of {0}', formatAge(index.readAt));
  const facts = [
    connection.label,
    isBusy ? vscode.l10n.t('asking…') : age,
    index?.isTruncated && !isBusy ? vscode.l10n.t('not all names are known') : undefined,
  ];
  const description = facts.filter((fact) => fact !== undefined).join(' · ');
  // While somebody types, VS Code shows no separators: each row says where it is from, and of when.
  const items: Item[] = names.map((name) => ({ ...item(foundIn(connection, name), connection, 'repo'), description }));
  if (error !== undefined) {
    items.push({
      label: vscode.l10n.t('{0} could not be searched', connection.label),
      detail: errorMessage(error),
      iconPath: new vscode.ThemeIcon('warning'),
      alwaysShow: true,
    });
  }
  return section(description, items);
}

function section(label: string, items: readonly Item[]): readonly Item[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function item(found: FoundImage, connection: ConnectionInfo | undefined, icon: string): Item {
  return {
    label: found.reference,
    ...(connection !== undefined && { description: connection.label }),
    iconPath: new vscode.ThemeIcon(icon),
    // What fits was chosen already, by more than VS Code knows.
    alwaysShow: true,
    found,
  };
}

function foundIn({ id, url }: ConnectionInfo, name: string): FoundImage {
  return { reference: repositoryReference(url, name), connectionId: id };
}

/** The tag of a repository; what has one already is taken as it is. */
async function chooseImage(services: Services, repository: FoundImage): Promise<FoundImage | 'back' | undefined> {
  const { tag, digest } = parseReference(repository.reference);
  if (tag !== undefined || digest !== undefined) return repository;
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = repository.reference;
  picker.placeholder = vscode.l10n.t('Which tag?');
  picker.buttons = [vscode.QuickInputButtons.Back];
  picker.busy = true;
  const controller = new AbortController();
  void fillTags(services, picker, repository, controller.signal).finally(() => {
    if (!controller.signal.aborted) picker.busy = false;
  });
  const end: StepEnd<FoundImage> = await runStep(picker, { accept: async () => picker.selectedItems[0]?.found });
  controller.abort();
  if (end.kind === 'back') return 'back';
  return end.kind === 'done' ? end.value : undefined;
}

async function fillTags(
  { gantry }: Services,
  picker: vscode.QuickPick<Item>,
  { reference, connectionId }: FoundImage,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, ...(connectionId !== undefined && { connectionId }) };
  const reading = new PageReading<TagSummary>(
    (cursor) => gantry.tagPage(reference, { ...options, ...(cursor !== undefined && { cursor }) }),
    ({ name }) => name,
  );
  try {
    while (reading.end === undefined && reading.pages < tagPages) {
      await reading.readPage(signal);
      const images = [...reading.items].filter(({ name }) => parseAttachmentTag(name) === undefined);
      const sorted = await sortTags(images, 'version', createPause());
      if (signal.aborted) return;
      picker.items = sorted.map((tag) => ({
        label: tag.name,
        description: tagFacts(tag),
        iconPath: new vscode.ThemeIcon('tag'),
        found: { reference: `${reference}:${tag.name}`, ...(connectionId !== undefined && { connectionId }) },
      }));
    }
    if (reading.end !== 'complete')
      picker.placeholder = vscode.l10n.t('Which tag? There are more than the {0} here.', reading.size);
    if (reading.size === 0) picker.placeholder = vscode.l10n.t('No tags');
  } catch (error) {
    if (isCancelled(error)) return;
    picker.items = [
      ...picker.items,
      { label: errorMessage(error), iconPath: new vscode.ThemeIcon('error'), alwaysShow: true },
    ];
  }
}

function tagFacts({ pushedAt, createdAt, size }: TagSummary): string {
  const date = pushedAt ?? createdAt;
  const facts = [date === undefined ? undefined : formatDate(date), size === undefined ? undefined : formatSize(size)];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

function chooseAction({ reference }: FoundImage): Promise<StepEnd<string>> {
  const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly command: string }>();
  picker.title = reference;
  picker.placeholder = vscode.l10n.t('What to do with it?');
  picker.buttons = [vscode.QuickInputButtons.Back];
  picker.items = [
    { label: vscode.l10n.t('Show Image'), icon: 'package', command: commandIds.showImage },
    { label: vscode.l10n.t('Reveal in the Registries View'), icon: 'list-tree', command: commandIds.reveal },
    { label: vscode.l10n.t('Copy Reference'), icon: 'copy', command: commandIds.copyReference },
    { label: vscode.l10n.t('Copy Reference with Digest'), icon: 'copy', command: commandIds.copyPinnedReference },
    { label: vscode.l10n.t('Copy Pull Command'), icon: 'copy', command: commandIds.copyPullCommand },
    { label: vscode.l10n.t('Open Manifest'), icon: 'json', command: commandIds.openManifest },
  ].map(({ label, icon, command }) => ({ label, command, iconPath: new vscode.ThemeIcon(icon) }));
  return runStep(picker, { accept: async () => picker.selectedItems[0]?.command });
}

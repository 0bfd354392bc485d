import * as vscode from 'vscode';
import type { ConnectionOption, GantryExports, RegistryAdapter } from './api.ts';
import { Connections } from './core/connections.ts';
import { ForeignAdapters } from './core/foreignAdapters.ts';
import { createLazyGantry } from './core/lazyGantry.ts';
import { LoginOffer } from './core/loginOffer.ts';
import { Pins } from './core/pins.ts';
import { publicApi } from './core/publicApi.ts';
import { RecentImages } from './core/recentImages.ts';
import { WatchedTags } from './core/watchedTags.ts';
import { AnnouncedAdapters } from './host/announcedAdapters.ts';
import { authenticationSessions } from './host/authenticationSessions.ts';
import { registerCommands } from './host/commands/register.ts';
import { dataFiles } from './host/dataFiles.ts';
import { registerEditor } from './host/editor/register.ts';
import { registerDocuments } from './host/editor/registerDocuments.ts';
import { LazyFileSystem } from './host/files/lazyFileSystem.ts';
import { OpenImages } from './host/files/openImages.ts';
import { settingIds, viewIds } from './host/ids.ts';
import { keepLog } from './host/keptLog.ts';
import { createLog } from './host/log.ts';
import { registerPanels } from './host/panels/register.ts';
import type { Services } from './host/services.ts';
import { configuredConnections, engineHost, isApiEnabled, networkSettings } from './host/settings.ts';
import { secretStore, stateStore } from './host/stores.ts';
import { TagWatcher } from './host/tagWatcher.ts';
import { registerTransfers } from './host/transfers/register.ts';
import { followTreeView } from './host/tree/followTreeView.ts';
import { RegistriesTree } from './host/tree/registriesTree.ts';
import { TagDragging } from './host/tree/tagDragging.ts';
import { TagView } from './host/tree/tagView.ts';
import type { Assembly } from './node/assembly.ts';

/** Milliseconds that reading the files of docker and podman may take: home folders of a network can be slow. */
const offerPatience = 10_000;

/** Builds everything from the outside in. Opens no socket, and reads nothing but state. */
export function activate(context: vscode.ExtensionContext): GantryExports {
  const { extension, extensionUri, subscriptions } = context;
  const channel = createLog();
  const log = keepLog(channel);
  const announced = new AnnouncedAdapters();
  const foreignAdapters = new ForeignAdapters(announced, log);
  const hostPorts = {
    secrets: secretStore(context.secrets),
    state: stateStore(context.globalState),
    data: dataFiles(context.globalStorageUri, log),
    log,
    authenticationSessions: authenticationSessions(log),
    userAgent: `gantry/${version(extension)}`,
    network: networkSettings,
    engineHost,
    storageFolder: context.globalStorageUri.fsPath,
    foreignAdapters,
  };
  const connections = new Connections({
    ...hostPorts,
    configured: () => configuredConnections(log, foreignAdapters.kinds()),
  });
  let assembly: Assembly | undefined;
  const gantry = createLazyGantry(connections, async () => {
    const { assemble } = await import('./node/assembly.ts');
    assembly = assemble(hostPorts, connections);
    return assembly.gantry;
  });
  const { state } = hostPorts;
  const transfers = registerTransfers(stateStore(context.workspaceState));
  const services: Services = {
    gantry,
    connections,
    pins: new Pins(state),
    images: new OpenImages(gantry),
    recent: new RecentImages(state),
    watched: new WatchedTags(state),
    state,
    transfers: transfers.transfers,
    texts: new Map(),
    log,
  };

  const offer = new LoginOffer(gantry, connections);
  const tagView = new TagView(state);
  const tree = new RegistriesTree(services, { offer, tagView });
  const treeView = vscode.window.createTreeView(viewIds.registries, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: new TagDragging(),
  });
  const disposal = new AbortController();
  const lookForLogins = ({ visible }: vscode.TreeViewVisibilityChangeEvent): void => {
    if (visible) void offer.look(AbortSignal.any([disposal.signal, AbortSignal.timeout(offerPatience)]));
  };
  const follow = followTreeView(services, { tree, treeView, tagView });
  const watcher = new TagWatcher(services);
  const editor = registerEditor(services);
  const panels = registerPanels(services, extensionUri);

  subscriptions.push(
    channel,
    announced,
    { dispose: () => void assembly?.dispose() },
    { dispose: () => disposal.abort() },
    treeView.onDidChangeVisibility(lookForLogins),
    tagView,
    tree,
    treeView,
    treeView.onDidExpandElement(({ element }) => tree.opened(element)),
    treeView.onDidCollapseElement(({ element }) => tree.closed(element)),
    follow,
    watcher,
    panels.disposable,
    transfers.disposable,
    registerCommands(services, {
      editor: editor.features,
      tree,
      tagView,
      treeView,
      imagePanels: panels.imagePanels,
      repositoryPanels: panels.repositoryPanels,
      offer,
      watcher,
      log: channel,
      version: version(extension),
    }),
    registerDocuments(services),
    editor.disposable,
    new LazyFileSystem(services),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settingIds.connections)) connections.changed();
    }),
  );
  const host = {
    registerAdapter: (adapter: RegistryAdapter) => foreignAdapters.register(adapter),
    reveal: async (text: string, options: ConnectionOption = {}) => {
      const node = await tree.find(gantry.parseReference(text), options.connectionId);
      if (node !== undefined) await treeView.reveal(node, { select: true, focus: true, expand: true });
      return node !== undefined;
    },
  };
  return { getApi: (version) => publicApi(gantry, host, { version, isEnabled: isApiEnabled() }) };
}

function version({ packageJSON }: vscode.Extension<unknown>): string {
  return (packageJSON as { readonly version: string }).version;
}

import * as vscode from 'vscode';
import type { GantryExports } from './api.ts';
import { Connections } from './core/connections.ts';
import { Gantry } from './core/gantry.ts';
import { publicApi } from './core/publicApi.ts';
import { registerCommands } from './host/commands/register.ts';
import { DockerfileHover } from './host/editor/dockerfileHover.ts';
import { JsonDocuments } from './host/editor/jsonDocuments.ts';
import { schemes, settingIds, viewIds } from './host/ids.ts';
import { createLog } from './host/log.ts';
import { ImagePanels } from './host/panels/imagePanels.ts';
import { createPorts } from './host/ports.ts';
import type { Services } from './host/services.ts';
import { configuredConnections, isApiEnabled } from './host/settings.ts';
import { RegistriesTree } from './host/tree/registriesTree.ts';
import { createLazyTransport } from './node/lazyTransport.ts';

/** Builds everything from the outside in. Opens no socket and reads nothing but state. */
export function activate(context: vscode.ExtensionContext): GantryExports {
  const { extension, extensionUri, subscriptions } = context;
  const logChannel = createLog();
  const transport = createLazyTransport({ userAgent: userAgent(extension) });
  const ports = createPorts(context, transport, logChannel);
  const connections = new Connections({
    state: ports.state,
    secrets: ports.secrets,
    configured: () => configuredConnections(logChannel),
  });
  const gantry = new Gantry(ports, connections);
  const services: Services = { gantry, connections, log: logChannel };

  const tree = new RegistriesTree(services);
  const treeView = vscode.window.createTreeView(viewIds.registries, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const imagePanels = new ImagePanels(services, extensionUri);

  subscriptions.push(
    logChannel,
    { dispose: () => void transport.dispose() },
    tree,
    treeView,
    imagePanels,
    registerCommands(services, { tree, treeView, imagePanels, logChannel }),
    vscode.workspace.registerTextDocumentContentProvider(schemes.json, new JsonDocuments(services)),
    vscode.languages.registerHoverProvider({ language: 'dockerfile' }, new DockerfileHover(services)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settingIds.connections)) connections.changed();
    }),
  );
  return { getApi: (version) => publicApi(gantry, version, isApiEnabled()) };
}

function userAgent(extension: vscode.Extension<unknown>): string {
  const { version } = extension.packageJSON as { version: string };
  return `gantry/${version}`;
}

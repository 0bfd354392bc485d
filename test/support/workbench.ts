import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installVsCodeServer, type VsCodeServer } from './installVsCodeServer.ts';
import { repositoryFolder } from './paths.ts';
import { runProgram } from './runProgram.ts';
import { startServerProcess } from './serverProcess.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';
import {
  machineSettingsFile,
  quietSettings,
  type Settings,
  type Theme,
  themes,
  userSettingsFile,
  writeSettings,
} from './workbenchSettings.ts';

export interface WorkbenchOptions {
  /** The folder that is open. */
  readonly workspace: string;
  /** The sources of this repository unless told; they must be built. */
  readonly extension?: ExtensionSource;
  /** `.vsix` files of extensions that are installed beside it. */
  readonly otherExtensions?: readonly string[];
  /** Folders of extensions that are put among those that are installed. */
  readonly otherFolders?: readonly string[];
  /** The bundled suite that the extension host runs once the page is open. */
  readonly hostTests?: string;
  readonly theme?: Theme;
  /** The user's settings, over the quiet ones. */
  readonly settings?: Settings;
  /** The settings of scope `machine`. */
  readonly machineSettings?: Settings;
  /** Over those of this process; the extension host inherits them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asks for a token, which the URL holds. Without one, every user of this machine can run code through the port. */
  readonly connectionToken?: string;
  /** Asks the user whether to trust the workspace, as VS Code does. */
  readonly workspaceTrust?: boolean;
}

export type ExtensionSource = { readonly folder: string } | { readonly vsix: string };

/** A running VS Code server, to be opened in a browser. */
export interface Workbench {
  /** Opens the workspace with the extension. */
  readonly url: string;
  /** Everything that the server has printed so far. */
  readonly output: () => string;
  /** Where the server keeps settings, logs and state. */
  readonly dataFolder: string;
  /** Resolves when the server is gone, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends the server with its extension hosts and removes its data. */
  dispose(): Promise<void>;
}

/** Starts a VS Code server of its own on a free port of the loopback interface. */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const vsCode = await installVsCodeServer();
  const dataFolder = await makeTemporaryFolder();
  const { extension = { folder: repositoryFolder }, otherExtensions = [] } = options;
  try {
    await writeAllSettings(dataFolder, options);
    const linkedFolder = 'folder' in extension ? await linkExtension(dataFolder, extension.folder, options) : undefined;
    for (const folder of options.otherFolders ?? [])
      await link(join(dataFolder, 'extensions'), basename(folder), folder);
    for (const vsix of otherExtensions) await installVsix(vsCode, dataFolder, vsix);
    if ('vsix' in extension) await installVsix(vsCode, dataFolder, extension.vsix);
    const server = await startServerProcess({
      command: vsCode.node,
      args: [vsCode.script, ...serverArguments(dataFolder, options)],
      env: serverEnvironment(dataFolder, options),
      ready: /agent listening on (\d+)[\s\S]*agent started/,
    });
    return {
      url: workbenchUrl(`localhost:${server.port}`, linkedFolder, options),
      output: server.output,
      dataFolder,
      ended: server.ended,
      dispose: async () => {
        await server.close();
        await removeFolder(dataFolder);
      },
    };
  } catch (error) {
    await removeFolder(dataFolder);
    throw error;
  }
}

async function writeAllSettings(dataFolder: string, options: WorkbenchOptions): Promise<void> {
  const { theme, settings, machineSettings } = options;
  const themeSettings = theme && { 'workbench.colorTheme': themes[theme] };
  await writeSettings(userSettingsFile(dataFolder), { ...quietSettings, ...themeSettings, ...settings });
  await writeSettings(machineSettingsFile(dataFolder), { ...machineSettings });
}

/**
 * Puts an extension that is in development among those that are installed; or beside them for tests in the extension
 * host, whose page names its place. A link even then: VS Code takes its themes from below that place where it finds
 * any, and its own would be there, installed as they are in a folder of this repository.
 */
async function linkExtension(dataFolder: string, folder: string, { hostTests }: WorkbenchOptions): Promise<string> {
  return link(join(dataFolder, hostTests === undefined ? 'extensions' : 'development'), 'linked', folder);
}

async function link(parent: string, name: string, folder: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  const place = join(parent, name);
  await symlink(folder, place, 'junction');
  return place;
}

async function installVsix({ node, script }: VsCodeServer, dataFolder: string, vsix: string): Promise<void> {
  const args = [script, '--server-data-dir', dataFolder, '--install-extension', vsix];
  await runProgram(node, args, { output: 'keep', env: cleanEnvironment() });
}

function serverArguments(dataFolder: string, options: WorkbenchOptions): string[] {
  const { connectionToken, hostTests, workspaceTrust } = options;
  return [
    ...['--host', '127.0.0.1', '--port', '0', '--server-data-dir', dataFolder],
    // Makes the server honour `payload` in the URL; but then it shows no notifications.
    ...(hostTests === undefined ? [] : ['--enable-smoke-test-driver']),
    '--accept-server-license-terms',
    '--disable-telemetry',
    ...(connectionToken === undefined ? ['--without-connection-token'] : ['--connection-token', connectionToken]),
    ...(workspaceTrust === true ? [] : ['--disable-workspace-trust']),
  ];
}

function serverEnvironment(dataFolder: string, { env }: WorkbenchOptions): NodeJS.ProcessEnv {
  return {
    ...cleanEnvironment(),
    // The server leaves its sockets behind: they belong where they are removed with the rest.
    TMPDIR: dataFolder,
    // No marketplace: what is tested depends on nothing beyond this machine.
    EXTENSIONS_GALLERY: '{}',
    ...env,
  };
}

/** Without what a terminal inside VS Code adds, which would reach the extension host. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean => /^(VSCODE|ELECTRON)_/.test(name) || name === 'NODE_OPTIONS';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
}

function workbenchUrl(authority: string, linkedFolder: string | undefined, options: WorkbenchOptions): string {
  const { hostTests, workspace, connectionToken } = options;
  const url = new URL(`http://${authority}/`);
  url.searchParams.set('folder', workspace);
  if (hostTests !== undefined) {
    const remote = (path: string): string => `vscode-remote://${authority}${pathToFileURL(path).pathname}`;
    const payload = [['extensionTestsPath', remote(hostTests)]];
    if (linkedFolder !== undefined) payload.push(['extensionDevelopmentPath', remote(linkedFolder)]);
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  if (connectionToken !== undefined) url.searchParams.set('tkn', connectionToken);
  return url.href;
}

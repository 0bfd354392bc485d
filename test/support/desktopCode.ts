import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryFolder } from './paths.ts';
import { spawnProgram } from './spawnProgram.ts';
import { quietSettings, type Settings, writeSettings } from './workbenchSettings.ts';

export interface DesktopOptions {
  /** The program `code`. */
  readonly program: string;
  readonly workspace: string;
  /** For user data and extensions, apart from the user's own. */
  readonly dataFolder: string;
  readonly settings: Settings;
}

export interface DesktopCode {
  /** Resolves when the window is closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Opens a window of desktop VS Code with the extension of this repository. */
export async function openDesktopCode(options: DesktopOptions): Promise<DesktopCode> {
  const userData = join(options.dataFolder, 'user-data');
  await writeSettings(join(userData, 'User/settings.json'), { ...quietSettings, ...options.settings });
  const args = [
    '--wait',
    `--extensionDevelopmentPath=${repositoryFolder}`,
    ...['--user-data-dir', userData],
    ...['--extensions-dir', join(options.dataFolder, 'extensions')],
    options.workspace,
  ];
  const child = spawnProgram(options.program, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`code did not start: ${error.message}`, { cause: error })));
    child.once('close', () => resolve());
  });

  async function close(): Promise<void> {
    child.kill();
    // The window belongs to a process that `code` has let go of; VS Code keeps its id in this file.
    const id = Number(await readFile(join(userData, 'code.lock'), 'utf8').catch(() => undefined));
    if (Number.isInteger(id) && id > 0) endProcess(id);
    await ended;
  }
  return { ended, close };
}

function endProcess(id: number): void {
  try {
    process.kill(id);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

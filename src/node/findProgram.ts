import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where Docker Desktop and Homebrew put programs that a VS Code started from the desktop does not have on its PATH. */
const usualFolders: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['/usr/local/bin', '/opt/homebrew/bin', '/Applications/Docker.app/Contents/Resources/bin'],
  linux: ['/usr/local/bin', '/usr/bin'],
};

/**
 * The path of a program on the PATH, or where such programs usually are. Never in the current folder, where Windows
 * would look first: a workspace must not bring programs along.
 */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const path = env['PATH'] ?? env['Path'] ?? '';
  const folders = [...path.split(delimiter), ...(usualFolders[platform] ?? []), join(homedir(), '.docker', 'bin')];
  const file = platform === 'win32' && !name.endsWith('.exe') ? `${name}.exe` : name;
  for (const folder of folders) {
    if (!isAbsolute(folder)) continue;
    const candidate = join(folder, file);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not there.
    }
  }
  return undefined;
}

import { findOnPath } from './findOnPath.ts';
import { spawnProgram } from './spawnProgram.ts';

/** Opens a URL in the user's browser, where there is a program for that. */
export function openInBrowser(url: string): void {
  const [command, ...args] = opener(url);
  if (findOnPath(command) === undefined && process.platform !== 'win32') return;
  const child = spawnProgram(command, args, { stdio: 'ignore', detached: true });
  child.once('error', (error) => console.log(`No browser opened: ${error.message}`));
  child.unref();
}

function opener(url: string): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', url];
  // `start` takes its first quoted argument for a title, and cmd takes & for the end of a command.
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url.replaceAll('&', '^&')];
  return ['xdg-open', url];
}

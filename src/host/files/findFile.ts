import * as vscode from 'vscode';
import { type RankedPath, type RankedPaths, rankedPath, rankPaths } from '../../core/image/rankPaths.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { formatSize } from '../present.ts';
import { targetOf } from './linkTarget.ts';

/** Rows of the list: nobody reads more, and VS Code becomes slow. */
const shownPaths = 200;
/** Paths after which others may run. */
const pathsAtOnce = 5000;

interface PathItem extends vscode.QuickPickItem {
  readonly path: string;
}

/** Every path of an image that has content, in the order of the paths. */
export async function allPaths(files: OpenedFiles): Promise<readonly RankedPath[]> {
  const paths: RankedPath[] = [];
  let cursor: string | undefined;
  do {
    const page = files.list({ recursive: true, limit: pathsAtOnce, ...(cursor !== undefined && { cursor }) });
    for (const entry of page.items) {
      if (targetOf(files, entry)?.type === 'file') paths.push(rankedPath(entry.path));
    }
    cursor = page.cursor;
    await turn();
  } while (cursor !== undefined);
  return paths;
}

/** The best of them, without asking. */
export async function searchPaths(files: OpenedFiles, query: string): Promise<RankedPaths> {
  const found = await rankPaths(await allPaths(files), query, {
    limit: shownPaths,
    pause: async () => {
      await turn();
      return true;
    },
  });
  return found ?? { paths: [], total: 0 };
}

/** Asks for a file of an image while its name is being typed; `undefined` when the user leaves. */
export async function askFile(title: string, opening: Promise<OpenedFiles>): Promise<string | undefined> {
  const input = vscode.window.createQuickPick<PathItem>();
  input.title = title;
  input.placeholder = vscode.l10n.t('A part of the path');
  input.busy = true;
  input.ignoreFocusOut = true;
  input.show();
  const chosen = new Promise<string | undefined>((resolve) => {
    input.onDidAccept(() => {
      const path = input.activeItems[0]?.path;
      if (path !== undefined) resolve(path);
    });
    input.onDidHide(() => resolve(undefined));
  });
  try {
    const files = await opening;
    const paths = await allPaths(files);
    let searches = 0;
    const search = async (): Promise<void> => {
      const own = ++searches;
      const pause = async (): Promise<boolean> => {
        await turn();
        return own === searches;
      };
      input.busy = true;
      const found = await rankPaths(paths, input.value, { limit: shownPaths, pause });
      if (found === undefined || own !== searches) return;
      input.items = found.paths.map((path) => pathItem(files, path));
      input.title = `${title} · ${countText(found)}`;
      input.busy = false;
    };
    input.onDidChangeValue(() => void search());
    await search();
    return await chosen;
  } finally {
    input.dispose();
  }
}

/** VS Code would filter by labels alone. */
function pathItem(files: OpenedFiles, path: string): PathItem {
  const slash = path.lastIndexOf('/');
  const entry = files.stat(path);
  const detail = entry.type === 'file' ? formatSize(entry.size) : `→ ${entry.link ?? ''}`;
  return {
    path,
    label: plainLabel(path.slice(slash + 1)),
    description: [path.slice(0, Math.max(0, slash)), detail].filter((text) => text !== '').join(' · '),
    alwaysShow: true,
  };
}

/** Names of files are text: `$(name)` would be drawn as a symbol. */
export function plainLabel(name: string): string {
  return name.replaceAll('$(', '$\u200b(');
}

function countText({ paths, total }: RankedPaths): string {
  const all = total.toLocaleString(vscode.env.language);
  return paths.length < total
    ? vscode.l10n.t('the first {0} of {1}', paths.length, all)
    : total === 1
      ? vscode.l10n.t('1 file')
      : vscode.l10n.t('{0} files', all);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

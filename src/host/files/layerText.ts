import * as vscode from 'vscode';
import { toText } from '../../core/image/byteOrder.ts';
import type { NodeType } from '../../core/image/layerIndex.ts';
import type { MergedTree, TreeNode } from '../../core/image/mergedTree.ts';
import { printable } from '../../core/printable.ts';
import { createPause } from '../pause.ts';

/** Lines of a document: VS Code shows more of them as plain as can be, or not at all. */
const mostLines = 100_000;

const typeLetters: Readonly<Record<NodeType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  device: 'c',
  fifo: 'p',
  whiteout: 'w',
};

/** What is in a layer, a line each, as `tar` lists it: `w` marks what the layer removes. */
export async function layerText(tree: MergedTree): Promise<string> {
  const lines: string[] = [];
  let left = 0;
  const pause = createPause();
  for (const node of tree.walk(tree.root(), { isRecursive: true })) {
    await pause();
    if (lines.length < mostLines) lines.push(lineOf(tree, node));
    else left++;
  }
  const more = left.toLocaleString(vscode.env.language);
  if (left > 0) lines.push(vscode.l10n.t('… and {0} more. The Registries view shows all of them.', more));
  return `${lines.join('\n')}\n`;
}

function lineOf(tree: MergedTree, { id, layer, path }: TreeNode): string {
  const index = tree.index({ layer, id });
  const type = index.type(id);
  const link = index.link(id);
  const time = new Date(index.mtime(id) * 1000);
  const shown = Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 16).replace('T', ' ');
  const owner = `${index.uid(id)}/${index.gid(id)}`;
  const arrow = link === undefined ? '' : ` ${type === 'symlink' ? '->' : '='} ${printable(toText(link))}`;
  const rights = `${typeLetters[type]}${rightsOf(index.mode(id))}`;
  const size = String(index.size(id)).padStart(10);
  return `${rights} ${owner.padEnd(9)} ${size} ${shown.padEnd(16)} ${printable(toText(path))}${arrow}`;
}

/** `rwxr-sr-t` */
function rightsOf(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, place) => ((mode >> (8 - place)) & 1 ? letter : '-'));
  const special = (bit: number, place: number, letter: string): void => {
    if ((mode & bit) === 0) return;
    letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return letters.join('');
}

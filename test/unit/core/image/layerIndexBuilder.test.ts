import assert from 'node:assert/strict';
import fc from 'fast-check';
import { indexTar, linesOf, listAll } from '../../../support/indexTar.ts';
import { endOfTar, rawEntry } from '../../../support/rawTar.ts';

interface Folder {
  readonly children: Map<string, Folder | 'file'>;
  readonly whiteouts: Set<string>;
}

/** What an archive makes of an empty folder, entry by entry. */
function unpack(entries: readonly string[]): readonly string[] {
  const root = emptyFolder();
  for (const entry of entries) {
    const isFolder = entry.endsWith('/');
    const parts = entry.split('/').filter((part) => part !== '');
    const name = parts.pop() ?? '';
    let folder = root;
    for (const part of parts) folder = folderIn(folder, part);
    if (name.startsWith('.wh.')) folder.whiteouts.add(name.slice(4));
    else if (isFolder) folderIn(folder, name);
    else folder.children.set(name, 'file');
  }
  return linesIn(root, '');
}

function emptyFolder(): Folder {
  return { children: new Map(), whiteouts: new Set() };
}

function folderIn({ children }: Folder, name: string): Folder {
  const known = children.get(name);
  if (known !== undefined && known !== 'file') return known;
  const folder = emptyFolder();
  children.set(name, folder);
  return folder;
}

function linesIn({ children, whiteouts }: Folder, path: string): readonly string[] {
  return [...new Set([...children.keys(), ...whiteouts])].sort().flatMap((name) => {
    const child = children.get(name);
    const own = child === undefined ? [] : [`${child === 'file' ? 'file' : 'directory'} ${path}${name}`];
    const inside = child === undefined || child === 'file' ? [] : linesIn(child, `${path}${name}/`);
    return [...(whiteouts.has(name) ? [`whiteout ${path}${name}`] : []), ...own, ...inside];
  });
}

describe('the index of a layer', () => {
  it('has what its archive makes of an empty folder, whatever comes twice, and in place of something else', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const entry = fc.oneof(
      path,
      path.map((folder) => `${folder}/`),
      path.map((file) => file.replace(/[^/]+$/, '.wh.$&')),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 25 }), (entries) => {
        const blocks = entries.map((one) => rawEntry({ path: one, type: one.endsWith('/') ? '5' : '0' }));
        const index = indexTar(Buffer.concat([...blocks, endOfTar]));
        assert.deepEqual(linesOf(listAll(index)), unpack(entries));
        assert.equal(index.facts.entries, entries.length);
      }),
      { numRuns: 500 },
    );
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adapterKinds } from '../../../src/core/adapters/kinds.ts';
import { commandIds, panelIds, settingIds, viewIds } from '../../../src/host/ids.ts';
import { repositoryFolder } from '../../support/paths.ts';
import { readManifest, readManifestTexts, stringsIn } from './extensionManifest.ts';

const manifest = readManifest();
const texts = readManifestTexts();
const { contributes } = manifest;
const menuItems = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];

describe('package.json and the code', () => {
  it('name the same commands', () => {
    assertSame(
      contributes.commands.map(({ command }) => command),
      Object.values(commandIds),
    );
  });

  it('name the same views', () => {
    assertSame(
      Object.values(contributes.views)
        .flat()
        .map(({ id }) => id),
      Object.values(viewIds),
    );
  });

  it('name the same settings', () => {
    assertSame(
      [contributes.configuration].flat().flatMap(({ properties }) => Object.keys(properties)),
      Object.values(settingIds),
    );
  });

  it('name the same panels, so that each is restored', () => {
    assertSame(afterPrefix('onWebviewPanel:', manifest.activationEvents), Object.values(panelIds));
  });

  it('begin every name with that of the extension', () => {
    const names = [commandIds, viewIds, panelIds, settingIds].flatMap((ids) => Object.values<string>(ids));
    assert.deepEqual(
      names.filter((name) => !name.startsWith('gantry.')),
      [],
    );
  });
});

describe('package.json', () => {
  it('takes its texts from package.nls.json, and leaves none of them out', () => {
    const named = stringsIn(manifest).flatMap((text) => [...text.matchAll(/%([^%\s]+)%/g)].map(([, key = '']) => key));
    assertSame(new Set(named), texts.keys());
  });

  it('runs only commands that exist, from menus, keys and texts', () => {
    const inTexts = [...texts.values()].flatMap((text) =>
      [...text.matchAll(/\(command:([\w.]+)/g)].map(([, command = '']) => command),
    );
    const named = [...menuItems.flatMap(({ command }) => command ?? []), ...inTexts];
    assertAreAmong(named, Object.values(commandIds));
  });

  it('name the same kinds of registries', () => {
    const kinds = stringsIn(contributes.configuration).filter((text) => adapterKinds.some(({ id }) => id === text));
    assertSame(
      kinds,
      adapterKinds.map(({ id }) => id),
    );
  });

  it('puts views into containers that exist, and welcomes into views that exist', () => {
    // `explorer` and its like are containers of VS Code's own.
    const containers = Object.values(contributes.viewsContainers)
      .flat()
      .map(({ id }) => id);
    assertAreAmong(Object.keys(contributes.views), [...containers, 'explorer']);
    assertAreAmong(
      contributes.viewsWelcome.map(({ view }) => view),
      Object.values(viewIds),
    );
  });

  it('shows items in views that exist', () => {
    const views = menuItems.flatMap(({ when = '' }) =>
      [...when.matchAll(/\b(?:view|focusedView) [=!]= ([\w.]+)/g)].map(([, view = '']) => view),
    );
    assert.ok(views.length > 0);
    assertAreAmong(views, Object.values(viewIds));
  });

  it('names no media file that does not exist', () => {
    const files = stringsIn(manifest).filter((text) => /^(?:\.\/)?media\//.test(text));
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(repositoryFolder, file))),
      [],
    );
  });
});

function afterPrefix(prefix: string, texts: readonly string[]): readonly string[] {
  return texts.filter((text) => text.startsWith(prefix)).map((text) => text.slice(prefix.length));
}

function assertSame(actual: Iterable<string>, expected: Iterable<string>): void {
  assert.deepEqual([...actual].sort(), [...expected].sort());
}

function assertAreAmong(names: readonly string[], known: readonly string[]): void {
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
}

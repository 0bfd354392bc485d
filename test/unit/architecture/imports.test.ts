import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../support/paths.ts';
import { findUnusedPackages, findViolations } from './importMatrix.ts';
import { readImports } from './readImports.ts';

const sources = readSources();

describe('imports of src', () => {
  it('are those that the matrix allows', () => {
    assert.deepEqual(findViolations(sources), []);
  });

  it('use every package that the matrix allows', () => {
    assert.deepEqual(findUnusedPackages(sources), []);
  });
});

describe('the import matrix', () => {
  const allowed: readonly (readonly [path: string, source: string])[] = [
    ['src/core/oci/new.ts', `import { isDigest } from './digest.ts';`],
    ['src/core/oci/new.ts', `import { RegistryError } from '../errors.ts';`],
    ['src/core/registry/new.ts', `import { isDigest } from '../oci/digest.ts';`],
    ['src/core/transfer/new.ts', `import { limits } from '../registry/limits.ts';`],
    ['src/core/gantry.ts', `const { findAll } = await import('./mentions/dockerfile.ts');`],
    ['src/core/errors.ts', `import type { GantryErrorCode } from '../api.ts';`],
    ['src/messages.ts', `import type { ImageDetails } from './api.ts';`],
    ['src/node/new.ts', `import type { Dispatcher } from 'undici';`],
    ['src/host/tree/new.ts', `import * as vscode from 'vscode';`],
    ['src/webview/image/new.ts', `import { parseReference } from '../../core/oci/reference.ts';`],
  ];
  for (const [path, source] of allowed) {
    it(`allows ${source} in ${path}`, () => assert.deepEqual(violations(path, source), []));
  }

  const forbidden: readonly (readonly [path: string, source: string, violation: string])[] = [
    ['src/core/gantry.ts', `import * as vscode from 'vscode';`, 'may not import the package vscode'],
    ['src/core/gantry.ts', `import type { Uri } from 'vscode';`, 'may not import the package vscode'],
    ['src/core/gantry.ts', `type Uri = import('vscode').Uri;`, 'may not import the package vscode'],
    ['src/core/gantry.ts', `import fs = require('node:fs');`, 'may not import the package node:fs'],
    ['src/core/gantry.ts', `const fs = require('node:fs');`, 'may not import the package node:fs'],
    ['src/core/gantry.ts', `await import('node:fs');`, 'may not import the package node:fs'],
    ['src/core/gantry.ts', `/// <reference types="node" />`, 'may not import the package node'],
    ['src/core/gantry.ts', 'await import(name);', 'imports what only running it tells'],
    ['src/core/gantry.ts', `import { now } from './clock.ts';`, 'imports ./clock.ts, which is no file of src'],
    ['src/core/gantry.ts', `export * from '../node/hash.ts';`, 'may not import node (../node/hash.ts)'],
    ['src/core/errors.ts', `import './oci/digest.ts';`, 'may not import core/oci (./oci/digest.ts)'],
    ['src/core/errors.ts', `import { Gantry } from './gantry.ts';`, 'may not import core/top (./gantry.ts)'],
    [
      'src/core/oci/digest.ts',
      `import '../registry/limits.ts';`,
      'may not import core/registry (../registry/limits.ts)',
    ],
    ['src/core/registry/limits.ts', `import '../gantry.ts';`, 'may not import core/top (../gantry.ts)'],
    ['src/core/registry/limits.ts', `export type { A } from '../gantry.ts';`, 'may not import core/top (../gantry.ts)'],
    [
      'src/core/mentions/dockerfile.ts',
      `import '../registry/limits.ts';`,
      'may not import core/registry (../registry/limits.ts)',
    ],
    ['src/core/gantry.ts', `import { Page } from '../api.ts';`, 'may import types only of api (../api.ts)'],
    ['src/core/gantry.ts', `import { type Page } from '../api.ts';`, 'may import types only of api (../api.ts)'],
    ['src/api.ts', `import type { Gantry } from './core/gantry.ts';`, 'may not import core/top (./core/gantry.ts)'],
    [
      'src/messages.ts',
      `import type { Gantry } from './core/gantry.ts';`,
      'may not import core/top (./core/gantry.ts)',
    ],
    ['src/node/hash.ts', `import * as vscode from 'vscode';`, 'may not import the package vscode'],
    ['src/node/hash.ts', `import { fetch } from 'undici';`, 'may import types only of undici'],
    ['src/node/undici.d.ts', `declare module 'a' { import type { A } from 'b'; }`, 'may not import the package b'],
    ['src/node/hash.ts', `import '../core/gantry.ts';`, 'may not import core/top (../core/gantry.ts)'],
    ['src/host/ids.ts', `import '../webview/ui/text.ts';`, 'may not import webview/ui (../webview/ui/text.ts)'],
    ['src/webview/ui/text.ts', `import '../image/main.ts';`, 'may not import webview/image (../image/main.ts)'],
    ['src/webview/image/main.ts', `import '../../host/ids.ts';`, 'may not import host (../../host/ids.ts)'],
    ['src/webview/image/main.ts', `import * as vscode from 'vscode';`, 'may not import the package vscode'],
  ];
  for (const [path, source, violation] of forbidden) {
    it(`forbids ${source} in ${path}`, () => {
      assert.deepEqual(
        violations(path, source).map((text) => text.replace(/^\S+ \([^)]*\) /, '')),
        [violation],
      );
    });
  }

  it('knows every folder by name', () => {
    assert.deepEqual(violations('src/shared/text.ts', ''), ['src/shared/text.ts belongs to no part of the matrix']);
    assert.deepEqual(violations('src/core/misc/text.ts', ''), [
      'src/core/misc/text.ts belongs to no part of the matrix',
    ]);
    assert.deepEqual(violations('src/other.ts', ''), ['src/other.ts belongs to no part of the matrix']);
  });

  /** What is wrong with a made-up file in the place of a real or a new one. */
  function violations(path: string, source: string): readonly string[] {
    const empty = [...sources.keys()].map((name) => [name, ''] as const);
    return findViolations(new Map([...empty, [path, source]]));
  }
});

describe('readImports', () => {
  it('tells types from values', () => {
    const source = `
      import a from 'a';
      import type { B } from 'b';
      import { type C } from 'c';
      export * from 'd';
      export type { E } from 'e';
      export { f };
      type G = import('g').G;`;
    assert.deepEqual(
      readImports('made-up.ts', source).map(
        ({ specifier, isTypeOnly }) => `${specifier}${isTypeOnly ? ' (types)' : ''}`,
      ),
      ['a', 'b (types)', 'c', 'd', 'e (types)', 'g (types)'],
    );
  });

  it('refuses what is no TypeScript, instead of finding nothing in it', () => {
    assert.throws(() => readImports('made-up.ts', 'import {'), /made-up\.ts cannot be read/);
  });
});

function readSources(): ReadonlyMap<string, string> {
  const paths = globSync('src/**/*.ts', { cwd: repositoryFolder }).map((path) => path.replaceAll('\\', '/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(repositoryFolder, path), 'utf8')]));
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { GantryApi, GantryErrorCode, GantryErrorShape, GantryExports } from '../../src/api.ts';

/** Gantry's API, as another extension gets it. */
export async function gantryApi(): Promise<GantryApi> {
  const result = (await gantryExports()).getApi(1);
  assert.ok(result.available);
  return result.api;
}

export async function gantryExports(): Promise<GantryExports> {
  const extension = vscode.extensions.getExtension<GantryExports>('gantry.gantry');
  assert.ok(extension, 'the extension gantry.gantry is not there');
  return extension.activate();
}

/** Asserts that work rejects with an error of Gantry's with this code, recognised as other extensions do: by its brand. */
export async function assertRejects(work: Promise<unknown>, code: GantryErrorCode, message?: RegExp): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error, 'it did not reject');
  assert.equal((error as { [brand: symbol]: unknown } & Error)[Symbol.for('gantry.RegistryError')], true, error.stack);
  assert.equal((error as GantryErrorShape).code, code, error.message);
  if (message !== undefined) assert.match(error.message, message);
}

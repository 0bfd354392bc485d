import assert from 'node:assert/strict';
import type { GantryErrorCode } from '../../src/api.ts';
import { isRegistryError, type RegistryError } from '../../src/core/errors.ts';

/** The error with this code that a promise has to reject with. There is none where a session does not offer a call. */
export async function rejection(promise: Promise<unknown> | undefined, code: GantryErrorCode): Promise<RegistryError> {
  if (promise === undefined) assert.fail('The call is not offered.');
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason ?? new Error(`rejected with ${reason}`),
  );
  return checked(error, code);
}

/** The error with this code that a function has to throw. */
export function thrown(run: () => unknown, code: GantryErrorCode): RegistryError {
  let error: unknown;
  try {
    run();
  } catch (reason) {
    error = reason;
  }
  return checked(error, code);
}

function checked(error: unknown, code: GantryErrorCode): RegistryError {
  if (error === undefined) assert.fail(`It succeeded, where "${code}" was expected.`);
  if (!isRegistryError(error)) throw error;
  assert.equal(error.code, code, error.message);
  return error;
}

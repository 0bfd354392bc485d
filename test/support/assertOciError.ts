import assert from 'node:assert/strict';

/** Expects exactly one error of that code. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export async function assertOciError(answer: Promise<Response>, status: number, code: string): Promise<void> {
  const response = await answer;
  const { errors } = (await response.json()) as { readonly errors: readonly { readonly code: string }[] };
  assert.deepEqual([response.status, errors.map((error) => error.code)], [status, [code]]);
}

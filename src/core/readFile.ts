import { concatenate } from './concatenate.ts';
import { RegistryError } from './errors.ts';
import type { Files } from './ports.ts';

/** The content of a file of at most `limit` bytes. Rejects with `not-found`, `storage` or `too-large`. */
export async function readFile(
  files: Files,
  path: string,
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of files.read(path, { signal: options.signal })) {
    length += chunk.length;
    if (length > options.limit) throw tooLarge(path);
    chunks.push(chunk);
  }
  return concatenate(chunks, length);
}

export function tooLarge(path: string): RegistryError {
  return new RegistryError('too-large', `${path} is larger than such a file ever is. It was not read; check the path.`);
}

import { RegistryError } from '../errors.ts';
import type { Files } from '../ports.ts';
import type { LocalContent } from './localImages.ts';
import { readTarIndex } from './tarIndex.ts';

/** A tar archive that parts are read of. */
export interface Archive {
  /** For messages. */
  readonly path: string;
  find(name: string): LocalContent | undefined;
}

/** Errors: those of {@link readTarIndex}. */
export async function openArchive(files: Files, path: string, size: number, signal: AbortSignal): Promise<Archive> {
  const index = await readTarIndex(files, { path, size }, signal);
  return {
    path,
    find: (name) => {
      const content = index.find(name);
      if (content === undefined) return undefined;
      const { start, size: length } = content;
      return {
        size: length,
        read: ({ signal: stop, range = { start: 0, end: length } }) =>
          files.read(path, {
            signal: stop,
            range: { start: start + Math.min(range.start, length), end: start + Math.min(range.end, length) },
          }),
      };
    },
  };
}

/** The whole of a small part. Errors: `protocol` when it is missing, `too-large`. */
export async function readEntry(
  archive: Archive,
  name: string,
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const content = archive.find(name);
  if (content === undefined) {
    throw new RegistryError('protocol', `${archive.path} names "${name}" and does not hold it. Save the image again.`);
  }
  if (content.size > options.limit) {
    throw new RegistryError('too-large', `"${name}" in ${archive.path} is larger than it ever should be.`);
  }
  const bytes = new Uint8Array(content.size);
  let length = 0;
  for await (const chunk of content.read({ signal: options.signal })) {
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}

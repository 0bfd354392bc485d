import type { Descriptor, RepositorySession, TransferProgress } from '../../api.ts';
import type { Files } from '../ports.ts';
import { ProgressMeter } from './progress.ts';
import { runAtOnce } from './runAtOnce.ts';

export interface BlobToSave {
  readonly descriptor: Descriptor;
  /** Absolute, below the folder. */
  readonly path: string;
}

const blobsAtOnce = 3;

/** Writes blobs into files, each verified, and whole or not at all. What is there is replaced. */
export async function saveBlobs(
  context: { readonly files: Files; readonly openBlob: RepositorySession['openBlob'] },
  { folder, blobs }: { readonly folder: string; readonly blobs: readonly BlobToSave[] },
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: TransferProgress) => void },
): Promise<void> {
  const { files, openBlob } = context;
  const meter = new ProgressMeter(
    blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
    options.onProgress,
  );
  await runAtOnce(blobs, { atOnce: blobsAtOnce, signal: options.signal }, async ({ descriptor, path }, signal) => {
    await files.makeFolder(path.slice(0, path.lastIndexOf('/')) || folder);
    const { chunks } = await openBlob(descriptor, { signal, priority: 'background' });
    const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of chunks) {
        meter.add(chunk.length, descriptor.digest);
        yield chunk;
      }
    };
    await files.write(path, counted(), { signal, scratch: folder });
  });
  meter.finish('');
}

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `use` with a new folder, which is gone afterwards. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTemporaryFolder();
  try {
    return await use(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** Starts something with a new folder, which is gone when it is closed, or did not start. */
export async function startInFolder<T extends { close(): Promise<void> }>(
  start: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await makeTemporaryFolder();
  try {
    const started = await start(folder);
    return {
      ...started,
      close: async () => {
        await started.close();
        await removeFolder(folder);
      },
    };
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

const removal = { recursive: true, force: true, maxRetries: 3 };
const remaining = new Set<string>();

// An interrupted run leaves nothing behind either.
process.once('exit', () => {
  for (const folder of remaining) rmSync(folder, removal);
});

export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-'));
  remaining.add(folder);
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, removal);
  remaining.delete(folder);
}

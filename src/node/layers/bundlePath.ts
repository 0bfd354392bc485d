import { join } from 'node:path';

/** A bundle beside this one; the source when there are no bundles, as in tests. */
export function bundlePath(name: 'layerWorker' | 'hashWorker' | 'blobHashWorker'): string {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'cjs';
  return join(import.meta.dirname, `${name}.${extension}`);
}

import type { PullDestination } from '../../api.ts';
import { archiveRegistry, layoutRegistry, pathProblem } from '../../core/oci/localReference.ts';
import type { TransferOutcome } from '../../core/transferJobs.ts';

/** What opens a pull: the image itself, where it is one that Gantry reads; else the place of its files. */
export function pullOutcome(destination: PullDestination, digest: string): TransferOutcome | undefined {
  if (destination.kind === 'engine') return undefined;
  if (destination.kind === 'files') return { kind: 'path', path: destination.folder };
  const [registry, path] =
    destination.kind === 'folder' ? [layoutRegistry, destination.folder] : [archiveRegistry, destination.archive];
  // Windows: `C:\images`.
  const asReference = path.replaceAll('\\', '/').replace(/^(?=[A-Za-z]:\/)/, '/');
  return pathProblem(asReference) === undefined
    ? { kind: 'image', reference: `${registry}${asReference}@${digest}` }
    : { kind: 'path', path };
}

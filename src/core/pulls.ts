import type { FetchedManifest, ImageReference, PullOptions, PullResult, RepositorySession } from '../api.ts';
import type { FindCredential } from './credential.ts';
import { RegistryError } from './errors.ts';
import type { ImagePorts } from './image/ports.ts';
import { archiveRegistry, engineRegistry, isLocalRegistry } from './oci/localReference.ts';
import { type FilesPullContext, pullToFiles } from './pullToFiles.ts';
import { loadIntoEngine } from './transfer/loadIntoEngine.ts';
import { pullToArchive } from './transfer/pullToArchive.ts';
import { pullToEngine } from './transfer/pullToEngine.ts';
import { pullToLayout } from './transfer/pullToLayout.ts';

export interface PullContext extends Pick<FilesPullContext, 'listFiles'> {
  readonly ports: Pick<
    ImagePorts,
    'files' | 'findEngine' | 'createHash' | 'log' | 'now' | 'architecture' | 'layers' | 'scratchFolder'
  >;
  readonly fetchManifest: (tagOrDigest: string) => Promise<FetchedManifest>;
  readonly openBlob: RepositorySession['openBlob'];
  /** Of the registry that the reference names. */
  readonly findCredential: FindCredential;
}

/** Loaded at the first pull. See `PullOptions` for what goes where. */
export async function pullImage(
  context: PullContext,
  reference: ImageReference,
  options: PullOptions & { readonly signal: AbortSignal },
): Promise<PullResult> {
  const { ports, findCredential, ...reading } = context;
  const { destination, platform, signal, onProgress = () => {}, overwrite = false } = options;
  const through = { ...ports, ...reading };
  const call = { signal, onProgress };
  if (destination === 'engine') {
    if (isLocalRegistry(reference.registry)) throw notForEngine(reference);
    const engine = await ports.findEngine({ signal });
    return pullToEngine({ ...through, engine, findCredential }, { reference, platform }, call);
  }
  if (destination === 'load') {
    if (reference.registry === engineRegistry) throw notForEngine(reference);
    const engine = await ports.findEngine({ signal });
    return loadIntoEngine({ ...through, engine }, { reference, platform }, call);
  }
  if ('folder' in destination) return pullToLayout(through, { reference, folder: destination.folder, platform }, call);
  if ('files' in destination) return pullToFiles(through, { reference, folder: destination.files, platform }, call);
  const { archive, format = 'oci' } = destination;
  return pullToArchive(through, { reference, archive, format, platform, overwrite }, call);
}

function notForEngine({ familiar, registry }: ImageReference): RegistryError {
  if (registry === engineRegistry) {
    return new RegistryError(
      'unsupported',
      `${familiar} is in the engine already. Pull it into a folder to have a copy.`,
    );
  }
  const what = registry === archiveRegistry ? 'an archive' : 'a folder';
  return new RegistryError(
    'unsupported',
    `${familiar} is in ${what} on this machine, and engines pull from registries. Load it into the engine instead.`,
  );
}

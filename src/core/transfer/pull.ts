import type {
  Descriptor,
  FetchedManifest,
  ImageReference,
  PullOptions,
  PullResult,
  RepositorySession,
} from '../../api.ts';
import type { FindCredential } from '../credential.ts';
import { RegistryError } from '../errors.ts';
import { archiveRegistry, engineRegistry, isLocalRegistry } from '../oci/localReference.ts';
import type { Ports } from '../ports.ts';
import { pullToEngine } from './pullToEngine.ts';
import { pullToLayout } from './pullToLayout.ts';

export interface PullContext {
  readonly ports: Pick<Ports, 'files' | 'findEngine' | 'createHash' | 'log' | 'architecture'>;
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
  const { ports, fetchManifest, openBlob, findCredential } = context;
  const { destination, platform, signal, onProgress = () => {} } = options;
  if (destination !== 'engine') {
    return pullToLayout(
      { ...ports, fetchManifest, openBlob: (blob: Descriptor, stop) => openBlob(blob, { signal: stop }) },
      { reference, folder: destination.folder, platform },
      { signal, onProgress },
    );
  }
  if (isLocalRegistry(reference.registry)) throw notForEngine(reference);
  const engine = await ports.findEngine({ signal });
  return pullToEngine(
    { ...ports, engine, fetchManifest, findCredential },
    { reference, platform },
    { signal, onProgress },
  );
}

function notForEngine({ familiar, registry }: ImageReference): RegistryError {
  if (registry === engineRegistry) {
    return new RegistryError(
      'unsupported',
      `${familiar} is in the engine already. Pull it into a folder to have a copy.`,
    );
  }
  const command = registry === archiveRegistry ? 'docker load, or podman load, takes the file' : 'podman pull takes it';
  return new RegistryError(
    'unsupported',
    `${familiar} is on this machine already, and engines pull from registries. In a terminal, ${command}.`,
  );
}

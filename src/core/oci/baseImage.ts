import { isDigest } from './digest.ts';
import { isLocalRegistry } from './localReference.ts';
import { formatReference, parseReference } from './reference.ts';

/** The image that another was built from, as references that can be opened. */
export interface BaseImage {
  /** By its name, which may mean another image today. */
  readonly reference: string;
  /** As it was then, where the digest is told. */
  readonly exact?: string;
}

/** `undefined` for a name that names nothing in a registry: `scratch`, and files of the machine, which no image may point to. */
export function baseImage(name: string, digest: string | undefined): BaseImage | undefined {
  if (name === 'scratch') return undefined;
  try {
    const { registry, repository, familiar, digest: own } = parseReference(name);
    if (isLocalRegistry(registry)) return undefined;
    const exact = own ?? (digest !== undefined && isDigest(digest) ? digest : undefined);
    return {
      reference: familiar,
      ...(exact !== undefined && { exact: formatReference({ registry, repository, digest: exact }) }),
    };
  } catch {
    return undefined;
  }
}

import type { RegistryAdapter } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { blobPath, indexFile, layoutFile } from '../oci/layout.ts';
import { archiveRegistry, filePath, layoutRegistry } from '../oci/localReference.ts';
import type { CreateHash, Files } from '../ports.ts';
import { readFile } from '../readFile.ts';
import { limits } from '../registry/limits.ts';
import { ociLayoutKind } from './kinds.ts';
import { layoutImages } from './layoutImages.ts';
import type { LocalImages } from './localImages.ts';
import { createLocalSession } from './localSession.ts';

/** A folder of this machine in the form of OCI image-spec, image-layout.md. */
export function ociLayoutAdapter(ports: { readonly files: Files; readonly createHash: CreateHash }): RegistryAdapter {
  return {
    ...ociLayoutKind,
    open: ({ url }) => {
      const path = url.slice(layoutRegistry.length);
      return createLocalSession({
        path,
        open: (signal) => openLayout(ports.files, filePath(path), signal),
        createHash: ports.createHash,
      });
    },
  };
}

async function openLayout(files: Files, folder: string, signal: AbortSignal): Promise<LocalImages> {
  const status = await files.status(folder);
  if (status === undefined) throw new RegistryError('not-found', `${folder} does not exist. Check the path.`);
  if (status.kind === 'file') throw noFolder(folder);
  if ((await files.status(`${folder}/${layoutFile}`))?.kind !== 'file') throw noLayout(folder);
  const index = await readFile(files, `${folder}/${indexFile}`, { limit: limits.manifest, signal });
  return {
    images: layoutImages(index, folder),
    find: async (digest) => {
      if (!isDigest(digest)) return undefined;
      const path = `${folder}/${blobPath(digest)}`;
      const found = await files.status(path);
      if (found?.kind !== 'file') return undefined;
      return { size: found.size, read: (options) => files.read(path, options) };
    },
  };
}

function noFolder(path: string): RegistryError {
  return new RegistryError(
    'invalid',
    `${path} is a file, and an OCI image layout is a folder. For an archive write ${archiveRegistry}${path}.`,
  );
}

function noLayout(folder: string): RegistryError {
  return new RegistryError(
    'invalid',
    `${folder} is no OCI image layout: it has no file ${layoutFile}. Choose a folder that one was copied into.`,
  );
}

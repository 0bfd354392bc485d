import type { RegistryAdapter, RegistrySession } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { isDigest } from '../oci/digest.ts';
import { blobPath, indexFile, layoutFile } from '../oci/layout.ts';
import { archiveRegistry, filePath, layoutRegistry } from '../oci/localReference.ts';
import type { CreateHash, FileStatus, Files } from '../ports.ts';
import { limits } from '../registry/limits.ts';
import { SharedWork } from '../sharedWork.ts';
import { type Archive, openArchive, readEntry } from './archive.ts';
import { dockerSaveFile, readDockerSave } from './dockerSave.ts';
import { dockerArchiveKind } from './kinds.ts';
import { layoutImages } from './layoutImages.ts';
import type { LocalImages } from './localImages.ts';
import { createLocalSession } from './localSession.ts';

interface ArchivePorts {
  readonly files: Files;
  readonly createHash: CreateHash;
}

/** A tar archive of images: of `docker save`, `podman save`, or an OCI image layout in one. */
export function dockerArchiveAdapter(ports: ArchivePorts): RegistryAdapter {
  return {
    ...dockerArchiveKind,
    open: ({ url }) => openDockerArchive(ports, url.slice(archiveRegistry.length)),
  };
}

/** `path` as references have it, which is the name of its only repository. */
export function openDockerArchive(ports: ArchivePorts, path: string): RegistrySession {
  return createLocalSession({ path, open: opener(ports, filePath(path)), createHash: ports.createHash });
}

/** Reads the index of the archive once, and again when the file is another. */
function opener(ports: ArchivePorts, path: string): (signal: AbortSignal) => Promise<LocalImages> {
  const opening = new SharedWork<LocalImages>();
  let known: { readonly version: string; readonly images: LocalImages } | undefined;
  return async (signal) => {
    const status = await ports.files.status(path);
    checkFile(status, path);
    const version = `${status.size} ${status.modifiedAt}`;
    if (known?.version === version) return known.images;
    const images = await opening.run(version, signal, (stop) => readImages(ports, path, status.size, stop));
    known = { version, images };
    return images;
  };
}

function checkFile(status: FileStatus | undefined, path: string): asserts status is FileStatus {
  if (status === undefined) throw new RegistryError('not-found', `${path} does not exist. Check the path.`);
  if (status.kind === 'file') return;
  throw new RegistryError(
    'invalid',
    status.kind === 'folder'
      ? `${path} is a folder, and an archive is a file. For an OCI image layout write ${layoutRegistry}${path}.`
      : `${path} is no file, and an archive is one. Check the path.`,
  );
}

/** Docker 25 and later write both forms; the layout has the true manifests. */
async function readImages(
  { files, createHash }: ArchivePorts,
  path: string,
  size: number,
  signal: AbortSignal,
): Promise<LocalImages> {
  const archive = await openArchive(files, path, size, signal);
  const layout = archive.find(layoutFile) && archive.find(indexFile) ? await readLayout(archive, signal) : undefined;
  if (layout !== undefined && layout.images.length > 0) return layout;
  if (archive.find(dockerSaveFile) !== undefined) return readDockerSave(archive, createHash, signal);
  if (layout !== undefined) return layout;
  throw new RegistryError(
    'invalid',
    `${path} is a tar archive, but not of images: it has neither ${dockerSaveFile} nor ${indexFile}. Choose a file that docker save or podman save wrote.`,
  );
}

async function readLayout(archive: Archive, signal: AbortSignal): Promise<LocalImages> {
  const index = await readEntry(archive, indexFile, { limit: limits.manifest, signal });
  return {
    images: layoutImages(index, archive.path),
    find: async (digest) => (isDigest(digest) ? archive.find(blobPath(digest)) : undefined),
  };
}

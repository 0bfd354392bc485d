import type {
  BlobSource,
  CallOptions,
  Descriptor,
  FetchedManifest,
  RepositorySession,
  UploadedBlob,
} from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { layoutRegistry } from '../oci/localReference.ts';
import type { CreateHash, Files } from '../ports.ts';
import { allReferrers } from '../registry/allReferrers.ts';
import { readReferrers, referrersTag } from '../registry/referrers.ts';
import { openLayoutFolder } from './layoutFolder.ts';
import { ifThere, resolveIfThere } from './retag.ts';

/** Where a copy goes to: a repository, or an OCI image layout. */
export interface CopyTarget {
  /** For messages: a tag follows it. */
  readonly name: string;
  /** Whether what it names has all of its parts: registries see to that, a folder may have lost some. */
  readonly seesToParts: boolean;
  /** What a tag names. */
  find(tag: string, options: CallOptions): Promise<Descriptor | undefined>;
  /** Whether a manifest is there. */
  has(manifest: Descriptor, options: CallOptions): Promise<boolean>;
  /** The manifest that a tag names. */
  read(tag: string, options: CallOptions): Promise<Uint8Array | undefined>;
  /** Those of the blobs that have to be put. Rejects with `storage` when there is no room for them. */
  missing(blobs: readonly Descriptor[], options: CallOptions): Promise<readonly Descriptor[]>;
  putBlob(blob: Descriptor, source: BlobSource, options: CallOptions): Promise<UploadedBlob>;
  putManifest(manifest: FetchedManifest, options: CallOptions): Promise<void>;
  /** Makes a manifest findable: by a tag, else by its digest. `replaces` as for a {@link LayoutEntry}. */
  setName(tag: string | undefined, manifest: FetchedManifest, options: NamingOptions): Promise<void>;
  /** After all else, where there is something left to do. */
  finish?(): Promise<void>;
  /** Digests of what refers to a manifest. */
  listReferrers(digest: string, options: CallOptions): Promise<readonly string[]>;
}

export interface NamingOptions extends CallOptions {
  /** The digest that the tag may be taken from; `any` of all. */
  readonly replaces: string | undefined;
}

/** Errors: `unsupported` for a repository that is only read. */
export function repositoryTarget(
  repository: RepositorySession,
  options: { readonly name: string; readonly mountFrom: string | undefined },
): CopyTarget {
  const { name, mountFrom } = options;
  const { putManifest, uploadBlob } = repository;
  if (putManifest === undefined || uploadBlob === undefined) {
    throw new RegistryError('unsupported', `${name} cannot be written: it is read-only. Choose another target.`);
  }
  return {
    name,
    seesToParts: true,
    find: (tag, call) => resolveIfThere(repository, tag, call),
    has: async ({ digest }, call) => (await resolveIfThere(repository, digest, call)) !== undefined,
    read: async (tag, call) => (await ifThere(repository.fetchManifest(tag, call)))?.bytes,
    // An upload looks for itself.
    missing: async (blobs) => blobs,
    putBlob: (blob, source, call) => uploadBlob(blob, source, { ...call, mountFrom }),
    putManifest: async (manifest, call) => {
      await putManifest(manifest.descriptor.digest, manifest, call);
    },
    setName: async (tag, manifest, { signal }) => {
      await putManifest(tag ?? manifest.descriptor.digest, manifest, { signal });
    },
    listReferrers: async (digest, { signal }) =>
      (await allReferrers(repository, digest, signal)).map((referrer) => referrer.digest),
  };
}

/** Errors: those of {@link openLayoutFolder}. */
export async function layoutTarget(
  context: { readonly files: Files; readonly createHash: CreateHash },
  options: {
    readonly folder: string;
    /** Whole name of the image under a tag, where it has one. */
    readonly imageName: (tag: string | undefined) => string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<CopyTarget> {
  const { folder, imageName } = options;
  const layout = await openLayoutFolder(context, folder, options.signal);

  async function read(tag: string, { signal }: CallOptions): Promise<Uint8Array | undefined> {
    const found = await layout.find(tag, signal);
    return found && layout.readManifest(found, signal);
  }

  return {
    name: `${layoutRegistry}${folder}`,
    seesToParts: false,
    find: (tag, { signal }) => layout.find(tag, signal),
    has: (manifest, { signal }) => layout.has(manifest, signal),
    read,
    missing: async (blobs, { signal }) => {
      const missing: Descriptor[] = [];
      for (const blob of blobs) if (!(await layout.has(blob, signal))) missing.push(blob);
      await layout.checkSpace(missing.reduce((sum, { size }) => sum + size, 0));
      return missing;
    },
    putBlob: async (blob, source, { signal }) => {
      let bytesSent = 0;
      await layout.put(
        blob,
        {
          open: async (offset) => source(offset, { signal }),
          onBytes: (bytes, how) => {
            if (how === 'came') bytesSent += bytes;
          },
          from: 'the source',
        },
        signal,
      );
      return { how: 'sent', bytesSent };
    },
    putManifest: (manifest, { signal }) => layout.putManifest(manifest, signal),
    setName: async (tag, manifest, { signal, replaces }) => {
      await layout.putManifest(manifest, signal);
      const name = imageName(tag);
      await layout.setEntry(
        {
          descriptor: manifest.descriptor,
          ...(tag !== undefined && { tag }),
          ...(name !== undefined && { name }),
          ...(replaces !== undefined && { replaces }),
        },
        signal,
      );
    },
    listReferrers: async (digest, call) => {
      const bytes = await read(referrersTag(digest), call);
      return bytes === undefined ? [] : readReferrers(bytes).map((referrer) => referrer.digest);
    },
  };
}

import type { ConnectionOption, Descriptor, ImageDetails, InspectOptions, TransferProgress } from '../../api.ts';
import { type ArtifactContent, readArtifact } from '../artifactContent.ts';
import { formatBytes } from '../byteSize.ts';
import { RegistryError } from '../errors.ts';
import { inspectImage } from '../inspect.ts';
import { type ManifestSummary, summarizeManifest } from '../manifestSummary.ts';
import { neverAborted } from '../neverAborted.ts';
import { limits } from '../registry/limits.ts';
import type { OpenRepository } from '../servedRepositories.ts';
import { type BlobToSave, saveBlobs } from '../transfer/saveBlobs.ts';
import type { Shared } from './shared.ts';

/** What a reference names: manifests, configs and single blobs. */
export function createImageUseCases({ ports, repositories, openTags }: Shared) {
  return {
    /** What a tag or digest names, without its content. */
    async resolve(text: string, options: ConnectionOption = {}): Promise<Descriptor> {
      return repositories.use(text, options, ({ session, tagOrDigest, signal }) =>
        session.resolve(tagOrDigest, { signal }),
      );
    },

    /** The exact bytes of a manifest, as text: of what the reference names, not of a platform. */
    async manifestText(text: string, options: ConnectionOption = {}): Promise<string> {
      const { bytes } = await repositories.use(text, options, ({ fetchManifest, tagOrDigest }) =>
        fetchManifest(tagOrDigest),
      );
      return new TextDecoder().decode(bytes);
    },

    /** What one manifest tells of what a reference names, for who looks at many: see {@link summarizeManifest}. */
    async summarize(text: string, options: ConnectionOption = {}): Promise<ManifestSummary> {
      return repositories.use(text, options, (repository) => summarizeManifest(repository, targetOf(repository)));
    },

    async inspect(text: string, options: InspectOptions = {}): Promise<ImageDetails> {
      return repositories.use(text, options, (repository) =>
        inspectImage(
          {
            ...repository,
            fetchManifest: async (other) => {
              const { key, tagOrDigest } = repository;
              const remember = openTags.asked(`${key}:${tagOrDigest}`);
              const fetched = await repository.fetchManifest(other);
              // Whose files are asked for next are those of the same image.
              if (other === tagOrDigest) remember(fetched.descriptor.digest);
              return fetched;
            },
            architecture: ports.architecture,
          },
          { ...targetOf(repository), platform: options.platform },
        ),
      );
    },

    /** What an artifact that is no image consists of. Rejects with `unsupported` for an index. */
    async artifact(text: string, options: ConnectionOption = {}): Promise<ArtifactContent> {
      return repositories.use(text, options, (repository) => readArtifact(repository, targetOf(repository)));
    },

    /** A blob of a repository that is small enough to be looked at; else rejects with `too-large`. */
    async readBlob(text: string, blob: Descriptor, options: ConnectionOption = {}): Promise<Uint8Array> {
      if (blob.size > limits.document) {
        const most = formatBytes(limits.document);
        throw new RegistryError(
          'too-large',
          `It has ${formatBytes(blob.size)}, and at most ${most} are shown. Save it.`,
        );
      }
      return repositories.use(text, options, ({ fetchConfig }) => fetchConfig(blob));
    },

    /** Saves blobs of a repository as files of this machine, each verified. What is there is replaced. */
    async saveBlobs(
      text: string,
      target: { readonly folder: string; readonly blobs: readonly BlobToSave[] },
      options: ConnectionOption & { readonly onProgress?: (progress: TransferProgress) => void } = {},
    ): Promise<void> {
      const { signal = neverAborted, onProgress = () => {} } = options;
      const { openBlob } = repositories.requests(repositories.find(text, options), signal);
      await saveBlobs({ files: ports.files, openBlob }, target, { signal, onProgress });
    },
  };
}

function targetOf({ reference, tagOrDigest }: OpenRepository) {
  return { reference: reference.familiar, tagOrDigest };
}

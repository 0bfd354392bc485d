import type { FileEntry, FileOptions, ListFilesOptions, Page } from '../../api.ts';
import { parsePosition } from '../image/fileEntry.ts';
import type { LayerProgress } from '../image/ports.ts';
import { ImageFiles, type OpenedFiles } from '../imageFiles.ts';
import { findLayeredImage } from '../layeredImage.ts';
import { neverAborted } from '../neverAborted.ts';
import type { Shared } from './shared.ts';

export interface OpenImageOptions extends FileOptions {
  /** Called while layers are read that are not known yet. */
  readonly onProgress?: (progress: LayerProgress) => void;
}

/** The files inside images. */
export function createFileUseCases({ ports, repositories, openTags }: Shared) {
  const files = new ImageFiles(ports);

  /** `manifest` stands for the tag or digest of the reference. */
  async function open(text: string, options: OpenImageOptions, manifest?: string): Promise<OpenedFiles> {
    const { signal = neverAborted, platform, layer, onProgress } = options;
    const served = repositories.find(text, options);
    const { reference, tagOrDigest, key } = served;
    const recent = `${key}:${tagOrDigest}`;
    const requests = repositories.requests(served, signal);
    const image = await findLayeredImage(
      {
        ...requests,
        fetchManifest: async (other) => {
          const known = other === tagOrDigest ? openTags.get(recent) : undefined;
          const remember = openTags.asked(recent);
          const fetched = await requests.fetchManifest(known ?? other);
          if (other === tagOrDigest && known === undefined) remember(fetched.descriptor.digest);
          return fetched;
        },
        architecture: ports.architecture,
      },
      { reference: reference.familiar, tagOrDigest: manifest ?? tagOrDigest, platform },
    );
    return files.open(image, { signal, layer, onProgress });
  }

  return {
    /** See `GantryApi.listFiles`. */
    async listFiles(text: string, options: ListFilesOptions = {}): Promise<Page<FileEntry>> {
      // All pages are of one image, also when its tag moves in between.
      const position = options.cursor === undefined ? undefined : parsePosition(options.cursor);
      const opened = await open(text, options, position?.manifest);
      return opened.list(options);
    },

    /** See `GantryApi.readFile`. */
    async readFile(text: string, path: string, options: FileOptions = {}): Promise<Uint8Array> {
      const opened = await open(text, options);
      return opened.read(path, options.signal ?? neverAborted);
    },

    /** The files of an image or of one of its layers, to be looked at as often as one likes. */
    async openFiles(text: string, options: OpenImageOptions = {}): Promise<OpenedFiles> {
      return open(text, options);
    },
  };
}

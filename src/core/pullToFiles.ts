import type { ImageReference, PullResult } from '../api.ts';
import { RegistryError } from './errors.ts';
import { readWhole } from './image/layerSource.ts';
import type { LayerReader } from './image/ports.ts';
import { writeTree } from './image/writeTree.ts';
import type { LayeredImage, OpenedFiles } from './imageFiles.ts';
import { parseConfig } from './oci/config.ts';
import { imageOf } from './transfer/archiveFiles.ts';
import { openLayoutFolder } from './transfer/layoutFolder.ts';
import { planPlatform } from './transfer/plan.ts';
import { ProgressMeter } from './transfer/progress.ts';
import { withAllKept } from './transfer/pullState.ts';
import { checkAbsolute, fetchInto, type LayoutPullContext, type TransferOptions } from './transfer/pullToLayout.ts';

export interface FilesPullContext extends LayoutPullContext {
  readonly layers: LayerReader;
  /** Reads the lists of layers from the layers themselves, and keeps none. */
  readonly listFiles: (image: LayeredImage, signal: AbortSignal) => Promise<OpenedFiles>;
}

/**
 * Pulls the files of one platform's image into a folder, as a container would see them. Layers come first, side by side, into
 * a folder `FOLDER.part`, and the files are put together there; so what is in the folder at the end is all of it, or
 * nothing, and a pull that broke does not fetch again what it had.
 *
 * Errors: `conflict` for a folder that is not empty, `unsupported` for what is no image of files, `digest-mismatch` for
 * layers that are not those of the config, `protocol` and `too-large` for layers that cannot be unpacked, `storage`, and
 * those of fetching.
 */
export async function pullToFiles(
  context: FilesPullContext,
  pull: { readonly reference: ImageReference; readonly folder: string; readonly platform?: string | undefined },
  options: TransferOptions,
): Promise<PullResult> {
  const { files, fetchManifest, architecture } = context;
  const { reference, folder, platform } = pull;
  const { signal, onProgress } = options;
  checkAbsolute(folder);
  await checkEmpty(context, folder);
  const image = { reference: reference.familiar, tagOrDigest: reference.digest ?? reference.tag ?? 'latest' };
  const plan = await planPlatform(fetchManifest, image, { platform, architecture });
  const { config, layers } = imageOf(plan, reference);
  const part = `${folder}.part`;
  const layout = await openLayoutFolder(context, part, signal);
  const bytesFetched = await fetchInto(context, { layout, plan, from: reference.registry }, options);

  const { diffIds = [] } = parseConfig(await readWhole(layout.read(config, signal))) ?? {};
  const opened = await context.listFiles(
    {
      reference: reference.familiar,
      digest: plan.top.descriptor.digest,
      // A table of contents that somebody has put into a layer is not asked: it need not say what is in there.
      layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
      diffIds,
      openBlob: async (blob, { signal: stop }) => ({ size: blob.size, chunks: layout.read(blob, stop) }),
    },
    signal,
  );
  const { tree } = opened;
  const wrong = tree.layers.findIndex(({ facts }) => facts.isDiffIdRight === false);
  if (wrong >= 0) throw wrongLayer(reference, layers[wrong]?.digest ?? '');
  const size = tree.layers.reduce((sum, { facts }) => sum + facts.contents, 0);
  const meter = new ProgressMeter(plan.size + size, onProgress);
  meter.reach(plan.size, '');
  const written = await withAllKept(plan, async () => {
    const root = `${part}/files`;
    await files.remove(root);
    await layout.checkSpace(size);
    await files.makeFolder(root);
    try {
      const tried = await writeTree(tree, files.openTree(root), {
        openLayer: (number) => {
          const chunks = layout.read(layers[number] ?? config, signal);
          const compression = tree.layers[number]?.facts.compression ?? 'none';
          return compression === 'none' ? chunks : context.layers.unpackFrom({ kind: compression, chunks });
        },
        signal,
        onBytes: (bytes, path) => meter.add(bytes, path),
      });
      await files.moveFolder(root, folder);
      return tried;
    } catch (error) {
      // Nobody goes on with a part of the files, which may have filled the disk.
      await files.remove(root).catch(() => {});
      throw error;
    }
  });
  await files.remove(part);
  meter.finish('');
  const { files: fileCount, bytes, changedLinks, leftOut } = written;
  return {
    reference: reference.canonical,
    digest: plan.top.descriptor.digest,
    destination: { kind: 'files', folder, bytesFetched, files: fileCount, bytes, changedLinks, leftOut },
  };
}

async function checkEmpty({ files }: Pick<FilesPullContext, 'files'>, folder: string): Promise<void> {
  const found = await files.status(folder);
  if (found === undefined) return;
  if (found.kind === 'folder' && (await files.list(folder)).length === 0) return;
  throw new RegistryError('conflict', `${folder} is not empty. Nothing was written; choose an empty or a new folder.`);
}

function wrongLayer({ familiar }: ImageReference, digest: string): RegistryError {
  return new RegistryError(
    'digest-mismatch',
    `The layer ${digest} of ${familiar} holds something else than its configuration tells. Nothing was written; push the image again, or tell whoever did.`,
  );
}

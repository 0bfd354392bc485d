import type { ImageReference, PullResult } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { tarSize, writeTar } from '../writeTar.ts';
import { dockerArchiveFiles, ociArchiveFiles, type ReadBlob } from './archiveFiles.ts';
import { openLayoutFolder } from './layoutFolder.ts';
import { planPlatform } from './plan.ts';
import { withAllKept } from './pullState.ts';
import {
  checkAbsolute,
  entryFor,
  fetchInto,
  type LayoutPullContext,
  omittedDigests,
  planImage,
  type TransferOptions,
} from './pullToLayout.ts';

export interface ArchivePull {
  readonly reference: ImageReference;
  /** Absolute path of a file. */
  readonly archive: string;
  /** `oci` keeps every byte, and every platform unless one is chosen; `docker` holds the image of one platform. */
  readonly format: 'oci' | 'docker';
  readonly platform?: string | undefined;
  readonly overwrite: boolean;
}

/**
 * Pulls into an archive, by way of a folder `FILE.part` beside it: so layers come side by side, nothing is written into the
 * archive that is not verified, and a pull that broke goes on where it was. The folder is removed at the end.
 *
 * Errors: `conflict` for a file that is there already, `unsupported` for what an archive of Docker cannot hold, and those
 * of pulling into a folder.
 */
export async function pullToArchive(
  context: LayoutPullContext,
  { reference, archive, format, platform, overwrite }: ArchivePull,
  options: TransferOptions,
): Promise<PullResult> {
  const { files, fetchManifest, architecture } = context;
  const { signal } = options;
  checkAbsolute(archive);
  await checkFree(context, archive, overwrite);
  const tagOrDigest = reference.digest ?? reference.tag ?? 'latest';
  const image = { reference: reference.familiar, tagOrDigest };
  const plan =
    format === 'oci'
      ? await planImage(context, reference, platform)
      : await planPlatform(fetchManifest, image, { platform, architecture });
  const folder = `${archive}.part`;
  const layout = await openLayoutFolder(context, folder, signal);
  const readBlob: ReadBlob = (blob) => layout.read(blob, signal);
  const content =
    format === 'oci'
      ? ociArchiveFiles(plan, entryFor(reference, plan.top.descriptor), readBlob)
      : dockerArchiveFiles(plan, reference, readBlob);
  const spare = tarSize(content);
  const bytesFetched = await fetchInto(context, { layout, plan, from: reference.registry, spare }, options);
  await withAllKept(plan, () => files.write(archive, writeTar(content), { signal, scratch: folder }));
  await files.remove(folder);
  return {
    reference: reference.canonical,
    digest: plan.top.descriptor.digest,
    destination: { kind: 'archive', archive, format, bytesFetched, omittedLayers: omittedDigests(plan) },
  };
}

async function checkFree(
  { files }: Pick<LayoutPullContext, 'files'>,
  archive: string,
  overwrite: boolean,
): Promise<void> {
  const found = await files.status(archive);
  if (found === undefined || (found.kind === 'file' && overwrite)) return;
  throw new RegistryError('conflict', `${archive} is there already. It was left as it is; choose another name.`);
}

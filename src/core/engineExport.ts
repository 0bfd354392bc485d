import type { ImageReference, TransferProgress } from '../api.ts';
import { openDockerArchive } from './adapters/dockerArchive.ts';
import { RegistryError } from './errors.ts';
import { fetchParsed, findPlatformImage } from './oci/platformImage.ts';
import { type Engine, engineOrigin, type FindEngine } from './ports.ts';
import type { CopySource } from './transfer/copyPlan.ts';
import { inspectEngineImage, readEngineMessage } from './transfer/engineImage.ts';
import { type PackContext, packLayers } from './transfer/packLayers.ts';
import { ProgressMeter } from './transfer/progress.ts';

export interface ExportContext extends Omit<PackContext, 'folder'> {
  readonly findEngine: FindEngine;
  /** GOARCH name of this machine. */
  readonly architecture: string;
  /** Of Gantry's own; it need not be there. What is in it is the caller's to remove. */
  readonly folder: string;
}

/**
 * Takes an image out of the engine of this machine: with its own config, so that it keeps its id, and its layers packed with
 * gzip, as `docker push` sends them. The same image gives the same bytes each time, so what a registry has is not sent
 * again. Where an engine exports manifests with packed layers, these stay as they are.
 *
 * Errors: `not-found` for an image that it does not have, `storage`, and what finding the engine rejects with.
 */
export async function exportFromEngine(
  context: ExportContext,
  reference: ImageReference,
  options: { readonly signal: AbortSignal; readonly onProgress: (progress: TransferProgress) => void },
): Promise<CopySource> {
  const { files, createHash, folder, architecture } = context;
  const { signal, onProgress } = options;
  await files.makeFolder(folder);
  const archive = `${folder}/image.tar`;
  const engine = await context.findEngine({ signal });
  const { id, size } = await findInEngine(engine, reference, signal);
  // Saving and packing move about as much as the engine counts.
  const meter = new ProgressMeter(2 * size, onProgress);
  await files.write(archive, counted(await saveImage(engine, id, signal), meter, id), { signal, scratch: folder });
  meter.reach(size, id);

  const repository = openDockerArchive({ files, createHash }, archive).repository(archive);
  const [only] = (await repository.listTags({ signal })).items;
  const top = await fetchParsed((other) => repository.fetchManifest(other, { signal }), {
    reference: reference.familiar,
    tagOrDigest: only?.digest ?? 'latest',
  });
  const wanted = { reference: reference.familiar, platform: undefined, architecture };
  const image = await findPlatformImage((other) => repository.fetchManifest(other, { signal }), top, wanted);
  if (image === undefined) throw notThere(engine, reference);
  const packed = await packLayers(context, image, repository.openBlob, {
    signal,
    onBytes: (bytes) => meter.add(bytes, id),
  });
  meter.finish(id);
  return {
    fetchManifest: async () => packed.manifest,
    openBlob: packed.openBlob,
    listReferrers: async () => [],
    listTags: async () => new Set(),
  };
}

async function findInEngine(
  engine: Engine,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly size: number }> {
  const { repository, tag, digest } = reference;
  const name = digest === undefined ? `${repository}:${tag ?? 'latest'}` : `${repository}@${digest}`;
  const { Id: id, Size: size } = (await inspectEngineImage(engine, name, signal)) ?? {};
  if (typeof id !== 'string' || !/^(?:sha256:)?[0-9a-f]{64}$/.test(id)) throw notThere(engine, reference);
  return { id, size: typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : 0 };
}

/** Docker's API, ImageGet: what `docker save` writes. */
async function saveImage(engine: Engine, id: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const url = new URL(`/images/${id}/get`, engineOrigin);
  const response = await engine.send({ method: 'GET', url, headers: {} }, signal);
  if (response.status === 200) return response.body;
  const said = await readEngineMessage(response, engine);
  throw new RegistryError(
    'server',
    `The engine at ${engine.address} does not give the image out (status ${response.status}). It said: "${said.slice(0, 200)}". See its log.`,
  );
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  meter: ProgressMeter,
  item: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    yield chunk;
    meter.add(chunk.length, item);
  }
}

function notThere(engine: Engine, { familiar }: ImageReference): RegistryError {
  return new RegistryError('not-found', `The engine at ${engine.address} does not have ${familiar}. Check the name.`);
}

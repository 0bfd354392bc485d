import type { ImageReference, PullResult } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import { type Engine, engineOrigin } from '../ports.ts';
import { writeTar } from '../writeTar.ts';
import { dockerArchiveFiles, imageOf } from './archiveFiles.ts';
import { failureOf, readEngineMessage, readImageId } from './engineImage.ts';
import { type EngineInfo, readEngineInfo } from './engineInfo.ts';
import { readJsonLines } from './jsonLines.ts';
import { openLayoutFolder } from './layoutFolder.ts';
import { planPlatform } from './plan.ts';
import { withAllKept } from './pullState.ts';
import { fetchInto, type LayoutPullContext, type TransferOptions } from './pullToLayout.ts';

export interface LoadContext extends LayoutPullContext {
  readonly engine: Engine;
  /** A folder of Gantry's own, for layers on their way. */
  readonly scratchFolder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds for which the layers of a load that broke are kept. */
const keptFor = 24 * 60 * 60 * 1000;

/**
 * Fetches an image and hands it to an engine, which need not reach the registry, and gets no login. Layers come side by
 * side into a folder of Gantry's, which is removed at the end, so that the engine gets nothing that is not verified.
 *
 * Errors: what the engine says, `unsupported` for what is no image of files, and those of pulling into a folder.
 */
export async function loadIntoEngine(
  context: LoadContext,
  { reference, platform }: { readonly reference: ImageReference; readonly platform?: string | undefined },
  options: TransferOptions,
): Promise<PullResult> {
  const { engine, fetchManifest, files, scratchFolder, architecture } = context;
  const { signal } = options;
  const info = await readEngineInfo(engine, signal);
  const image = { reference: reference.familiar, tagOrDigest: reference.digest ?? reference.tag ?? 'latest' };
  const plan = await planPlatform(fetchManifest, image, { platform, architecture: info.architecture ?? architecture });
  const { config } = imageOf(plan, reference);
  await forgetOld(context);
  const folder = `${scratchFolder}/load-${plan.top.descriptor.digest.replace(':', '-')}`;
  const layout = await openLayoutFolder(context, folder, signal);
  await fetchInto(context, { layout, plan, from: reference.registry }, options);
  const content = dockerArchiveFiles(plan, reference, (blob) => layout.read(blob, signal));
  const name = reference.tag === undefined && reference.digest !== undefined ? config.digest : nameOf(reference);
  const imageId = await withAllKept(plan, () => handOver({ engine, info, reference, name }, content, signal), [
    'storage',
    'server',
    'unreachable',
    'timeout',
  ]);
  await files.remove(folder);
  return {
    reference: reference.canonical,
    digest: plan.top.descriptor.digest,
    destination: { kind: 'engine', engine: info.name, imageId },
  };
}

interface HandOver {
  readonly engine: Engine;
  readonly info: EngineInfo;
  readonly reference: ImageReference;
  /** By which the engine knows the image then. */
  readonly name: string;
}

/** Resolves with the id of the image. */
async function handOver(
  { engine, info, reference, name }: HandOver,
  content: Parameters<typeof writeTar>[0],
  signal: AbortSignal,
): Promise<string> {
  const response = await engine.send(
    {
      method: 'POST',
      url: new URL('/images/load?quiet=1', engineOrigin),
      headers: { 'content-type': 'application/x-tar' },
      stream: () => writeTar(content),
    },
    signal,
  );
  if (response.status !== 200) throw refused(info, reference, await readEngineMessage(response, engine));
  for await (const message of readJsonLines(response.body, info.name)) {
    const failure = failureOf(message);
    if (failure !== undefined) throw refused(info, reference, failure);
  }
  const imageId = await readImageId(engine, name, signal);
  if (imageId === undefined) throw refused(info, reference, '');
  return imageId;
}

/** What nobody has come back for. */
async function forgetOld({ files, scratchFolder, now }: LoadContext): Promise<void> {
  await files.makeFolder(scratchFolder);
  for (const name of await files.list(scratchFolder)) {
    const path = `${scratchFolder}/${name}`;
    const found = await files.status(path);
    if (found !== undefined && found.modifiedAt < now() - keptFor) await files.remove(path);
  }
}

function nameOf({ registry, repository, tag = 'latest' }: ImageReference): string {
  return `${registry}/${repository}:${tag}`;
}

function refused({ name }: EngineInfo, { familiar }: ImageReference, said: string): RegistryError {
  const words = oneLine(said);
  const isFull = /no space left on device/i.test(said);
  return new RegistryError(
    isFull ? 'storage' : 'server',
    isFull
      ? `${name} has no space left for ${familiar}. Remove images that are not needed, or free some of its disk.`
      : `${name} did not take ${familiar}.${words === '' ? '' : ` It said: "${words}".`} See the log of the engine.`,
  );
}

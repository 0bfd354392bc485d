import type { ImageReference, PullResult } from '../../api.ts';
import type { FindCredential } from '../credential.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import type { FetchManifest } from '../oci/platformImage.ts';
import { parseReference } from '../oci/reference.ts';
import { type Engine, engineOrigin, type Log } from '../ports.ts';
import { type EnginePullSubject, engineError } from './engineError.ts';
import { failureOf, inspectEngineImage, readEngineMessage } from './engineImage.ts';
import { type EngineInfo, readEngineInfo } from './engineInfo.ts';
import { EngineProgress } from './engineProgress.ts';
import { readJsonLines } from './jsonLines.ts';
import { type PullPlan, planPlatform } from './plan.ts';
import { ProgressMeter } from './progress.ts';
import type { TransferOptions } from './pullToLayout.ts';
import { registryAuthHeader } from './registryAuth.ts';

export interface EnginePullContext {
  readonly engine: Engine;
  readonly fetchManifest: FetchManifest;
  /** Of the registry that the reference names, and of no other. */
  readonly findCredential: FindCredential;
  readonly log: Log;
  /** GOARCH name of this machine. */
  readonly architecture: string;
}

export interface EnginePull {
  readonly reference: ImageReference;
  /** The engine's own when absent. */
  readonly platform?: string | undefined;
}

/**
 * Has an engine pull an image. It fetches by itself, from the same reference: by digest where there is one, else by tag,
 * so that the image has exactly this name afterwards.
 *
 * Errors: what the engine says, as the code that it stands for; `not-found` when the registry lacks the tag or platform.
 */
export async function pullToEngine(
  context: EnginePullContext,
  pull: EnginePull,
  { signal, onProgress }: TransferOptions,
): Promise<PullResult> {
  const { engine } = context;
  const { reference } = pull;
  const info = await readEngineInfo(engine, signal);
  const plan = await planIfReadable(context, pull, info);
  const credential = await context.findCredential(signal);
  const response = await engine.send(
    {
      method: 'POST',
      url: createUrl(pull),
      headers:
        credential === undefined ? {} : { 'x-registry-auth': registryAuthHeader(credential, reference.registry) },
    },
    signal,
  );
  const subject: EnginePullSubject = { engine: info, registry: reference.registry, reference: reference.familiar };
  if (response.status !== 200) throw engineError(await readEngineMessage(response, engine), subject);

  const meter = new ProgressMeter(plan?.size ?? 0, onProgress);
  const progress = new EngineProgress(plan?.blobs ?? [], meter);
  for await (const message of readJsonLines(response.body, info.name)) {
    const failure = failureOf(message);
    if (failure !== undefined) throw engineError(failure, subject);
    progress.read(message);
  }
  const { imageId, digests } = await readImage(context, info, reference, signal);
  meter.finish(imageId);
  // Podman lists the digests of an index and of its image, in no order.
  const wanted = reference.digest ?? plan?.named.digest;
  const digest = digests.find((listed) => listed === wanted) ?? digests[0] ?? wanted;
  if (digest === undefined) throw withoutDigest(subject);
  return { reference: reference.canonical, digest, destination: { kind: 'engine', engine: info.name, imageId } };
}

/**
 * Sizes for the progress, and an early and better answer where there is nothing to pull. The engine has a network and
 * logins of its own, so anything else that fails here need not fail there.
 */
async function planIfReadable(
  { fetchManifest, log, architecture }: EnginePullContext,
  { reference, platform }: EnginePull,
  info: EngineInfo,
): Promise<PullPlan | undefined> {
  const image = { reference: reference.familiar, tagOrDigest: reference.digest ?? reference.tag ?? 'latest' };
  try {
    return await planPlatform(fetchManifest, image, { platform, architecture: info.architecture ?? architecture });
  } catch (error) {
    if (!isRegistryError(error) || error.code === 'not-found' || error.code === 'cancelled') throw error;
    log.info(`${info.name} pulls ${reference.familiar} without known sizes: ${error.message}`);
    return undefined;
  }
}

/** Docker's API, ImageCreate. A digest takes the place of the tag. */
function createUrl({ reference, platform }: EnginePull): URL {
  const url = new URL('/images/create', engineOrigin);
  url.searchParams.set('fromImage', `${reference.registry}/${reference.repository}`);
  url.searchParams.set('tag', reference.digest ?? reference.tag ?? 'latest');
  if (platform !== undefined) url.searchParams.set('platform', platform);
  return url;
}

/** Docker's API, ImageInspect: proof that the image is there, and what the engine calls it. */
async function readImage(
  { engine }: EnginePullContext,
  info: EngineInfo,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<{ readonly imageId: string; readonly digests: readonly string[] }> {
  const { Id: imageId, RepoDigests: listed } = (await inspectEngineImage(engine, reference.canonical, signal)) ?? {};
  if (typeof imageId !== 'string') throw withoutImage(info, reference);
  const names = Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : [];
  return { imageId, digests: names.flatMap((name) => digestOf(name, reference)) };
}

/** The digest of a name like `registry/repository@digest`, where it is of the same repository. */
function digestOf(name: string, { registry, repository }: ImageReference): readonly string[] {
  try {
    const parsed = parseReference(name);
    const isSame = parsed.registry === registry && parsed.repository === repository;
    return isSame && parsed.digest !== undefined ? [parsed.digest] : [];
  } catch {
    return [];
  }
}

function withoutImage(info: EngineInfo, reference: ImageReference): RegistryError {
  return new RegistryError(
    'server',
    `${info.name} ended the pull of ${reference.familiar} without an error, and does not have the image. See the log of the engine.`,
  );
}

function withoutDigest({ engine, reference }: EnginePullSubject): RegistryError {
  return new RegistryError('protocol', `${engine.name} has pulled ${reference}, and does not tell its digest.`);
}

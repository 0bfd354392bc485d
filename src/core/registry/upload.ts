import type { BlobSource, CallOptions, Descriptor, UploadedBlob, UploadOptions } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import type { HttpRequest, HttpResponse } from '../ports.ts';
import { limits } from './limits.ts';
import type { OciSessionOptions } from './ociSession.ts';
import { responseError } from './responseError.ts';
import { passingStatuses } from './retry.ts';
import { SourceReader } from './sourceReader.ts';
import { uploadLocation, withDigest } from './uploadLocation.ts';
import { mismatch } from './verify.ts';

export interface UploadContext extends OciSessionOptions {
  readonly name: string;
  /** Of the token that it takes. */
  readonly scope: string;
  /** Of the token that reads another repository, to take a blob from it. */
  readonly pullScopeOf: (name: string) => string;
}

/** An upload as the registry has it. Each answer names its next address. */
interface Upload {
  readonly location: URL;
  /** Bytes that the registry has. */
  readonly offset: number;
  /** The least size of a chunk that it takes, but for the last. */
  readonly minimumChunk: number;
  /** Whether it was broken off before, and may have got more than it knew of when it was asked. */
  readonly isResumed: boolean;
}

/**
 * Stores a blob; what the registry has already is not sent. Small ones go in one request, others in chunks; both are
 * streamed, and go on where they broke. OCI distribution-spec, "Pushing blobs".
 */
export async function uploadBlob(
  context: UploadContext,
  descriptor: Descriptor,
  source: BlobSource,
  options: UploadOptions,
): Promise<UploadedBlob> {
  checkDigest(descriptor);
  const { signal, mountFrom } = options;
  // Taking it over tells as much as looking for it, so that it is looked for only where that did not work.
  if (mountFrom === undefined && (await hasBlob(context, descriptor, signal))) return present;
  let upload = await begin(context, descriptor, options);
  if (mountFrom !== undefined && upload !== undefined && (await hasBlob(context, descriptor, signal))) {
    giveUp(context, upload);
    return present;
  }
  const reader = new SourceReader(source, descriptor, signal);
  try {
    for (let restarts = 0; upload !== undefined; restarts++) {
      const end = await sendAll(context, descriptor, upload, reader, signal);
      // The registry forgets uploads after a while; it also does when it has stored one, and the answer was lost.
      if (end === 'stored' || (await hasBlob(context, descriptor, signal))) {
        return { how: 'sent', bytesSent: reader.bytesRead };
      }
      if (restarts >= (end === 'spoilt' ? limits.uploadRestarts : 1)) throw forgotten(context);
      upload = await begin(context, descriptor, { signal });
    }
    return { how: 'mounted', bytesSent: 0 };
  } finally {
    reader.close();
  }
}

/** Milliseconds in which a registry that is still writing writes something. */
const settleTime = 500;

const present: UploadedBlob = { how: 'present', bytesSent: 0 };

/** Takes a blob over from another repository of the registry. `false` where it does not do that, or has no such blob. */
export async function mountBlob(
  context: UploadContext,
  descriptor: Descriptor,
  from: string,
  { signal }: CallOptions,
): Promise<boolean> {
  checkDigest(descriptor);
  const upload = await begin(context, descriptor, { signal, mountFrom: from });
  if (upload !== undefined) giveUp(context, upload);
  return upload === undefined;
}

function checkDigest({ digest }: Descriptor): void {
  assertDigest(digest);
}

async function hasBlob(context: UploadContext, { digest }: Descriptor, signal: AbortSignal): Promise<boolean> {
  const { url, name, scope } = context;
  const target = new URL(`/v2/${name}/blobs/${digest}`, url);
  const response = await context.send({ method: 'HEAD', url: target, headers: {}, scopes: [scope] }, signal);
  response.discard();
  // If anything else is wrong the upload will say so: its answers have bodies.
  return response.status === 200;
}

/** `undefined` when the registry has taken the blob over from `mountFrom`. */
async function begin(
  context: UploadContext,
  descriptor: Descriptor,
  { signal, mountFrom }: UploadOptions,
): Promise<Upload | undefined> {
  const { url, name, scope, pullScopeOf } = context;
  const target = new URL(`/v2/${name}/blobs/uploads/`, url);
  if (mountFrom !== undefined) {
    target.search = new URLSearchParams({ mount: descriptor.digest, from: mountFrom }).toString();
  }
  const request: HttpRequest = {
    method: 'POST',
    url: target,
    headers: { 'content-length': '0' },
    // An upload that nobody goes on with costs a registry nothing, and it forgets it.
    isRepeatable: true,
    scopes: [scope, ...(mountFrom === undefined ? [] : [pullScopeOf(mountFrom)])],
  };
  const response = await context.send(request, signal);
  if (response.status === 201 && mountFrom !== undefined) {
    response.discard();
    checkStored(context, response, descriptor);
    return undefined;
  }
  if (response.status !== 202 && mountFrom !== undefined) {
    // Some refuse what they cannot take over, instead of beginning an upload.
    response.discard();
    return begin(context, descriptor, { signal });
  }
  if (response.status !== 202) throw await responseError(response, { host: url.host, what: `an upload to ${name}` });
  response.discard();
  const announced = Number(response.headers.get('oci-chunk-min-length'));
  return {
    location: uploadLocation(response, target, url),
    offset: 0,
    isResumed: false,
    minimumChunk: Number.isSafeInteger(announced) ? announced : 0,
  };
}

/**
 * Sends what is missing, through broken connections. What fails for good is given up at the registry too. An upload that a
 * break has spoilt says nothing against the next one; a registry that forgets them by itself does.
 */
async function sendAll(
  context: UploadContext,
  descriptor: Descriptor,
  begun: Upload,
  reader: SourceReader,
  signal: AbortSignal,
): Promise<'stored' | 'forgotten' | 'spoilt'> {
  let upload = begun;
  let failures = 0;
  try {
    for (;;) {
      const step = await sendNext(context, descriptor, upload, reader, signal);
      if (step === 'stored') return step;
      if (step === 'forgotten') return upload.isResumed ? 'spoilt' : step;
      if (!isRegistryError(step)) {
        upload = step;
        failures = 0;
        continue;
      }
      const known = await (step.status === undefined ? askUntilSettled : askStatus)(context, upload, signal);
      // One that has more than there is to send is not this upload any more.
      if (known === undefined || known.offset > descriptor.size) return 'spoilt';
      failures = known.offset > upload.offset ? 1 : failures + 1;
      if (failures > limits.resumes) throw step;
      upload = known;
    }
  } catch (error) {
    giveUp(context, upload);
    throw error;
  }
}

/** The next request, and what came of it: where the upload is then, or an error after which it can go on. */
async function sendNext(
  context: UploadContext,
  descriptor: Descriptor,
  upload: Upload,
  reader: SourceReader,
  signal: AbortSignal,
): Promise<Upload | RegistryError | 'stored' | 'forgotten'> {
  const { url, name } = context;
  const { offset, minimumChunk, isResumed } = upload;
  const missing = descriptor.size - offset;
  // What was broken off goes on with its place named, which the registry compares.
  const isWhole = offset === 0 && missing <= limits.chunk && !isResumed;
  const isLast = isWhole || missing === 0;
  const usual = Math.max(limits.chunk, minimumChunk);
  // No rest is left that would be too small for a chunk of its own.
  const size = isWhole || missing - usual < minimumChunk ? missing : usual;
  const request: HttpRequest = {
    method: isLast ? 'PUT' : 'PATCH',
    ...addressOf(context, isLast ? withDigest(upload.location, descriptor.digest) : upload.location),
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      ...(!isLast && { 'content-range': `${offset}-${offset + size - 1}` }),
    },
    isTransfer: true,
    ...(size > 0 && { stream: () => reader.read(offset, offset + size) }),
  };
  let response: HttpResponse;
  try {
    response = await context.send(request, signal);
  } catch (error) {
    if (isRegistryError(error) && error.isPassing) return error;
    throw error;
  }
  // A registry that was still writing what came before the break has put together something else.
  const isSpoilt = isResumed && isLast && response.status === 400;
  if (response.status === 404 || isSpoilt) {
    response.discard();
    return 'forgotten';
  }
  const isTaken = isLast ? [201, 204].includes(response.status) : [202, 204].includes(response.status);
  if (!isTaken) {
    const error = await responseError(response, { host: url.host, what: `an upload to ${name}` });
    if (response.status === 416 || passingStatuses.includes(response.status)) return error;
    throw error;
  }
  response.discard();
  if (!isLast) return { ...upload, location: uploadLocation(response, upload.location, url), offset: offset + size };
  checkStored(context, response, descriptor);
  return 'stored';
}

/**
 * How far an upload got whose connection broke. A registry goes on writing what had reached it, and what is sent meanwhile
 * spoils the upload; so it is asked until it says the same twice. Distribution gives an upload up when it is asked after a
 * part of a chunk was written: better told now than at its end.
 */
async function askUntilSettled(
  context: UploadContext,
  upload: Upload,
  signal: AbortSignal,
): Promise<Upload | undefined> {
  let known = await askStatus(context, upload, signal);
  for (let asked = 0; known !== undefined && asked < limits.statusRequests; asked++) {
    await context.sleep(settleTime, signal);
    const next = await askStatus(context, known, signal);
    if (next?.offset === known.offset) return next;
    known = next;
  }
  return known;
}

/** How far an upload got; `undefined` when the registry does not know it. */
async function askStatus(context: UploadContext, upload: Upload, signal: AbortSignal): Promise<Upload | undefined> {
  const { url, name } = context;
  const response = await context.send({ method: 'GET', ...addressOf(context, upload.location), headers: {} }, signal);
  if (response.status === 404) {
    response.discard();
    return undefined;
  }
  if (response.status !== 204 && response.status !== 202) {
    throw await responseError(response, { host: url.host, what: `the state of an upload to ${name}` });
  }
  response.discard();
  const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1] ?? 0);
  return {
    ...upload,
    isResumed: true,
    location: uploadLocation(response, upload.location, url),
    // Nothing and one byte look the same.
    offset: last === 0 ? 0 : last + 1,
  };
}

/** In the background: whoever cancels does not wait for it, and a registry forgets uploads by itself too. */
function giveUp(context: UploadContext, { location }: Upload): void {
  context
    .send({ method: 'DELETE', ...addressOf(context, location), headers: {} }, new AbortController().signal)
    .then((response) => response.discard())
    .catch(() => {});
}

/** The credential goes with it only to the registry's own origin. */
function addressOf({ url, scope }: UploadContext, location: URL): Pick<HttpRequest, 'url' | 'scopes' | 'namedBy'> {
  const isOwn = location.origin === url.origin;
  return { url: location, ...(isOwn ? { scopes: [scope] } : { namedBy: new URL(url.origin) }) };
}

function checkStored({ url }: UploadContext, { headers }: HttpResponse, { digest }: Descriptor): void {
  const stored = headers.get('docker-content-digest');
  if (stored !== undefined && stored !== digest) throw mismatch(url.host, `sent ${digest}, it stored another`);
}

function forgotten({ url, name }: UploadContext): RegistryError {
  const message = `${url.host} forgot an upload to ${name} again before it was complete. Try again, then tell its operator.`;
  return new RegistryError('server', message, { host: url.host });
}

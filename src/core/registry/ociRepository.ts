import type {
  BlobContent,
  BlobOptions,
  CallOptions,
  Descriptor,
  FetchedManifest,
  Page,
  PageCallOptions,
  RepositoryAccess,
  RepositorySession,
  TagSummary,
} from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { assertDigest, isDigest } from '../oci/digest.ts';
import { acceptedManifests, essence, schema1Types } from '../oci/mediaType.ts';
import { isTag } from '../oci/reference.ts';
import type { HttpRequest, HttpResponse } from '../ports.ts';
import { printable } from '../printable.ts';
import { notARegistry, readBody } from './body.ts';
import { limits } from './limits.ts';
import { listNames } from './listNames.ts';
import type { OciSessionOptions } from './ociSession.ts';
import { listReferrers } from './referrers.ts';
import { responseError } from './responseError.ts';
import { resumingChunks, wrongPart } from './resume.ts';
import { schema1Payload } from './schema1.ts';
import { mountBlob, uploadBlob } from './upload.ts';
import { digestOf, mismatch, verifiedChunks } from './verify.ts';

export interface OciRepositoryOptions extends OciSessionOptions {
  readonly name: string;
  readonly access: RepositoryAccess;
  readonly keepNames: (names: readonly string[], isValid: (name: string) => boolean, what: string) => readonly string[];
}

/** One repository in the OCI distribution protocol. Its methods may be called apart from it. */
export function createOciRepository(options: OciRepositoryOptions): RepositorySession {
  const { url, send, createHash, name, access, keepNames } = options;
  const { host } = url;
  const readScope = tokenScope(name, access);
  const uploads = {
    ...options,
    scope: tokenScope(name, 'push'),
    pullScopeOf: (other: string) => tokenScope(other, 'pull'),
  };

  async function listTags(page: PageCallOptions): Promise<Page<TagSummary>> {
    const { items, cursor } = await listNames(options, {
      path: `/v2/${name}/tags/list`,
      key: 'tags',
      scope: readScope,
      what: `the tags of ${name}`,
      page,
    });
    // Artifactory lists digests among the tags.
    const names = keepNames(
      items.filter((item) => !isDigest(item)),
      isTag,
      'tags',
    );
    return { items: names.map((tag) => ({ name: tag })), ...cursor };
  }

  async function resolve(reference: string, call: CallOptions): Promise<Descriptor> {
    const response = await send({ ...manifestRequest('HEAD', reference), ...priorityOf(call) }, call.signal);
    response.discard();
    const digest = response.headers.get('docker-content-digest');
    const size = Number(response.headers.get('content-length'));
    const isComplete = digest !== undefined && isDigest(digest) && Number.isSafeInteger(size) && size > 0;
    if (response.status !== 200 || !isComplete) {
      // Errors have no body here, and some registries answer only GET in full.
      return (await fetchManifest(reference, call)).descriptor;
    }
    if (isDigest(reference) && digest !== reference) throw mismatch(host, `asked for ${reference}, it names ${digest}`);
    return { mediaType: essence(response.headers.get('content-type')), digest, size };
  }

  async function fetchManifest(reference: string, call: CallOptions): Promise<FetchedManifest> {
    const request = { ...manifestRequest('GET', reference), ...priorityOf(call), bodyLimit: limits.manifest };
    const response = await send(request, call.signal);
    if (response.status !== 200) throw await responseError(response, { host, what: nameOf(reference) });
    const bytes = await readBody(response, limits.manifest, host);
    const mediaType = essence(response.headers.get('content-type'));
    if (mediaType === 'text/html') throw notARegistry(host, 'a web page');
    const digest = manifestDigest(response, bytes, isDigest(reference) ? reference : undefined);
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
  }

  async function openBlob(descriptor: Descriptor, call: BlobOptions): Promise<BlobContent> {
    const { signal, range, forgetsChunks = false, isReadInThread = false } = call;
    const { digest, size } = descriptor;
    assertDigest(digest);
    const request: HttpRequest = {
      method: 'GET',
      url: new URL(`/v2/${name}/blobs/${digest}`, url),
      headers: range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` },
      scopes: [readScope],
      isTransfer: true,
      forgetsChunks,
      ...priorityOf(call),
    };
    const response = await send(request, signal);
    if (range !== undefined && response.status === 206) return partOf(response, range);
    if (response.status !== 200) {
      throw await responseError(response, { host, what: `the blob ${digest} of ${name}` });
    }
    if (range !== undefined) {
      response.discard();
      throw new RegistryError('unsupported', `${host} does not send parts of blobs.`, { host });
    }
    const chunks = resumingChunks(response, { host, size, reopen: (headers) => reopenBlob(request, headers, signal) });
    return {
      size,
      chunks: verifiedChunks(chunks, { digest, size }, { createHash, host, isReadInThread, forgetsChunks }),
    };
  }

  /** Through the registry again, since the address of its storage may have expired. */
  async function reopenBlob(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const response = await send({ ...request, headers: { ...request.headers, ...headers } }, signal);
    if ([200, 206, 416].includes(response.status)) return response;
    throw await responseError(response, { host, what: `the rest of a blob of ${name}` });
  }

  function partOf(response: HttpResponse, range: { readonly start: number; readonly end: number }): BlobContent {
    const given = /^bytes (\d+)-(\d+)\//.exec(response.headers.get('content-range') ?? '');
    const size = Number(given?.[2]) + 1 - range.start;
    if (Number(given?.[1]) !== range.start || !(size > 0) || size > range.end - range.start) {
      response.discard();
      throw wrongPart(host);
    }
    return { size, chunks: exactly(response.body, size) };
  }

  /** The bytes of a part, if they are as many as was told. */
  async function* exactly(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
    let left = size;
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0) break;
      yield chunk;
    }
    if (left !== 0) throw wrongPart(host);
  }

  async function putManifest(
    reference: string,
    { bytes, descriptor }: FetchedManifest,
    { signal }: CallOptions,
  ): Promise<Descriptor> {
    const response = await send(
      {
        ...manifestRequest('PUT', reference),
        headers: { 'content-type': descriptor.mediaType },
        body: bytes,
        // A tag may be moved by somebody else between two writes; a digest cannot.
        isRepeatable: isDigest(reference),
        scopes: [tokenScope(name, 'push')],
      },
      signal,
    );
    if (response.status !== 201 && response.status !== 200) {
      throw await responseError(response, { host, what: `to write ${nameOf(reference)}` });
    }
    response.discard();
    const stored = response.headers.get('docker-content-digest');
    if (stored !== undefined && isDigest(stored) && stored !== descriptor.digest) {
      throw mismatch(host, `sent ${descriptor.digest}, it stored ${stored}`);
    }
    return descriptor;
  }

  async function remove(reference: string, { signal }: CallOptions): Promise<void> {
    const request: HttpRequest = {
      ...manifestRequest('DELETE', reference),
      headers: {},
      isRepeatable: isDigest(reference),
      scopes: [tokenScope(name, 'delete')],
    };
    const response = await send(request, signal);
    if (response.status === 202 || response.status === 200 || response.status === 204) return response.discard();
    const error = await responseError(response, { host, what: `to delete ${nameOf(reference)}` });
    // Gone already, as when a deletion is repeated whose answer was lost; or the registry has no way to delete.
    if (error.code === 'not-found' && !(await isThere(reference, signal))) return;
    // Distribution 2 takes a tag for a digest that cannot be parsed.
    if (isTag(reference) && (response.status === 400 || response.status === 405)) throw untagUnsupported(error);
    if (error.code !== 'unsupported' && error.code !== 'not-found') throw error;
    const message = `${host} does not allow deleting. Nothing was removed. Its operator can switch deleting on.`;
    throw new RegistryError('unsupported', message, { host, cause: error, status: response.status });
  }

  async function isThere(reference: string, signal: AbortSignal): Promise<boolean> {
    try {
      await resolve(reference, { signal });
      return true;
    } catch (error) {
      if (isRegistryError(error, 'not-found')) return false;
      throw error;
    }
  }

  function untagUnsupported(cause: RegistryError): RegistryError {
    return new RegistryError(
      'unsupported',
      `${host} cannot remove a tag and keep its manifest, as registries before OCI 1.1 cannot. Nothing was removed. Delete the digest to remove the manifest with all its tags, or move the tag to another image.`,
      { host, cause, ...(cause.status !== undefined && { status: cause.status }) },
    );
  }

  function manifestRequest(method: HttpRequest['method'], reference: string): HttpRequest {
    if (!isDigest(reference) && !isTag(reference)) {
      throw new RegistryError('invalid', `"${reference}" is neither a tag nor a digest.`);
    }
    const target = new URL(`/v2/${name}/manifests/${reference}`, url);
    return { method, url: target, headers: { accept: acceptedManifests }, scopes: [readScope] };
  }

  function nameOf(reference: string): string {
    return `${name}${isDigest(reference) ? '@' : ':'}${reference}`;
  }

  function manifestDigest(response: HttpResponse, bytes: Uint8Array, asked: string | undefined): string {
    const header = response.headers.get('docker-content-digest');
    const told = header !== undefined && isDigest(header) ? header : undefined;
    const expected = asked ?? told;
    const isSchema1 = schema1Types.includes(essence(response.headers.get('content-type')));
    const named = isSchema1 ? schema1Payload(bytes) : bytes;
    if (named === undefined) throw mismatch(host, 'its signatures do not say what they sign');
    const digest = digestOf(named, createHash, expected);
    if (expected !== undefined && digest !== expected) {
      throw mismatch(host, `${asked === undefined ? 'it announced' : 'asked for'} ${expected}, it sent ${digest}`);
    }
    return digest;
  }

  return {
    listTags,
    resolve,
    fetchManifest,
    openBlob,
    listReferrers: (digest, page) => listReferrers({ ...options, scope: readScope, fetchManifest }, digest, page),
    putManifest,
    mountBlob: (blob, from, call) => mountBlob(uploads, blob, from, call),
    uploadBlob: (blob, source, call) => uploadBlob(uploads, blob, source, call),
    // Not by the other name: a digest where a tag was meant would take every tag of it along.
    deleteTag: async (tag, call) => remove(checked(tag, isTag, 'tag'), call),
    deleteManifest: async (digest, call) => remove(checked(digest, isDigest, 'digest'), call),
  };
}

function checked(reference: string, isValid: (text: string) => boolean, what: string): string {
  if (isValid(reference)) return reference;
  throw new RegistryError('invalid', `"${printable(reference)}" is not a ${what}. Nothing was removed.`);
}

function priorityOf({ priority }: CallOptions): Pick<HttpRequest, 'priority'> {
  return priority === undefined ? {} : { priority };
}

function tokenScope(name: string, access: RepositoryAccess): string {
  return `repository:${name}:${access === 'pull' ? 'pull' : `pull,${access}`}`;
}

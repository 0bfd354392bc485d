import { randomUUID } from 'node:crypto';
import { digestWith } from '../oci.ts';
import { type Headers, ociError, type RegistryRequest, type Reply, readBody } from './http.ts';
import { isDigest } from './routes.ts';
import { putBlob, type Storage, type Upload } from './storage.ts';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs */
export interface UploadFeatures {
  /** Whether a whole blob may come with the first POST. */
  readonly singlePost: boolean;
  /** Whether a blob of another repository can be had without sending it. */
  readonly mounts: boolean;
  /** Announced with `OCI-Chunk-Min-Length`, and demanded of every chunk but the last. */
  readonly minimumChunk: number;
}

export async function startUpload(
  request: RegistryRequest,
  storage: Storage,
  repository: string,
  features: UploadFeatures,
): Promise<Reply> {
  const query = request.url.searchParams;
  const mounted = query.get('mount');
  if (mounted !== null && features.mounts && mountBlob(storage, repository, mounted, query.get('from'))) {
    return blobCreated(repository, mounted);
  }
  const digest = query.get('digest');
  if (digest !== null && features.singlePost) {
    return storeBlob(storage, repository, await readBody(request), digest);
  }
  const id = randomUUID();
  const upload = { repository, chunks: [], size: 0 };
  storage.uploads.set(id, upload);
  const chunks = features.minimumChunk > 0 ? { 'OCI-Chunk-Min-Length': String(features.minimumChunk) } : {};
  return { status: 202, headers: { ...uploadHeaders(id, upload), ...chunks } };
}

export async function continueUpload(
  request: RegistryRequest,
  storage: Storage,
  repository: string,
  id: string,
  features: UploadFeatures,
): Promise<Reply> {
  const upload = storage.uploads.get(id);
  if (upload === undefined || upload.repository !== repository) return ociError('BLOB_UPLOAD_UNKNOWN', { id });
  // A client has to keep what a Location's query holds.
  if (request.url.searchParams.get('_state') !== stateOf(id)) return ociError('BLOB_UPLOAD_INVALID', 'wrong _state');
  switch (request.method) {
    case 'GET':
      return { status: 204, headers: uploadHeaders(id, upload) };
    case 'DELETE':
      storage.uploads.delete(id);
      return { status: 204 };
    case 'PATCH':
      return (await appendChunk(request, upload, id, features)) ?? { status: 202, headers: uploadHeaders(id, upload) };
    case 'PUT':
      return (await appendChunk(request, upload, id)) ?? finishUpload(request, storage, upload, id);
    default:
      return ociError('UNSUPPORTED');
  }
}

/** Keeps what has come even when the connection breaks, so that an upload can be resumed, and tells it while more comes. */
async function appendChunk(
  request: RegistryRequest,
  upload: Upload,
  id: string,
  { minimumChunk }: Pick<UploadFeatures, 'minimumChunk'> = { minimumChunk: 0 },
): Promise<Reply | undefined> {
  const range = request.headers['content-range'];
  const [, start, end] = /^(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (range !== undefined) {
    const isNext = Number(start) === upload.size && Number(end) >= Number(start);
    if (!isNext || Number(end) - Number(start) + 1 < minimumChunk) {
      return ociError('RANGE_INVALID', { range }, uploadHeaders(id, upload));
    }
  }
  for await (const chunk of request.body) {
    upload.chunks.push(chunk);
    upload.size += chunk.length;
  }
  return undefined;
}

function finishUpload({ url }: RegistryRequest, storage: Storage, upload: Upload, id: string): Reply {
  const digest = url.searchParams.get('digest');
  if (digest === null) return ociError('DIGEST_INVALID', 'the digest is missing');
  storage.uploads.delete(id);
  return storeBlob(storage, upload.repository, Buffer.concat(upload.chunks), digest);
}

function storeBlob(storage: Storage, repository: string, bytes: Buffer, digest: string): Reply {
  if (!isDigest(digest) || digestWith(digest, bytes) !== digest) return ociError('DIGEST_INVALID', { digest });
  putBlob(storage, repository, bytes, digest);
  return blobCreated(repository, digest);
}

function mountBlob(storage: Storage, repository: string, digest: string, from: string | null): boolean {
  const bytes = storage.repositories.get(from ?? '')?.blobs.has(digest) ? storage.blobs.get(digest) : undefined;
  if (bytes === undefined) return false;
  putBlob(storage, repository, bytes, digest);
  return true;
}

function blobCreated(repository: string, digest: string): Reply {
  return {
    status: 201,
    headers: { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest },
  };
}

function uploadHeaders(id: string, { repository, size }: Upload): Headers {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}?_state=${encodeURIComponent(stateOf(id))}`,
    // As Distribution has it: an empty upload has the range of one byte.
    Range: `0-${Math.max(size - 1, 0)}`,
    'Docker-Upload-UUID': id,
  };
}

/** With characters that are easily lost when a client takes an address apart. */
function stateOf(id: string): string {
  return `${id}+/ ==`;
}

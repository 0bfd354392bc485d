import { ociError, type RegistryRequest, type Reply } from './http.ts';
import type { Repository, Storage } from './storage.ts';

export function readBlob(request: RegistryRequest, storage: Storage, repository: Repository, digest: string): Reply {
  const blob = repository.blobs.has(digest) ? storage.blobs.get(digest) : undefined;
  if (blob === undefined) return ociError('BLOB_UNKNOWN', { digest });
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
    'Accept-Ranges': 'bytes',
  };
  const range = parseRange(request.headers.range, blob.length);
  if (range === undefined) return { status: 200, headers, body: blob };
  if (range === 'unsatisfiable') {
    return ociError('RANGE_INVALID', undefined, { 'Content-Range': `bytes */${blob.length}` });
  }
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${range.first}-${range.last}/${blob.length}` },
    body: blob.subarray(range.first, range.last + 1),
  };
}

/** Only this repository forgets it: others may hold the same blob. */
export function deleteBlob(repository: Repository, digest: string): Reply {
  return repository.blobs.delete(digest) ? { status: 202 } : ociError('BLOB_UNKNOWN', { digest });
}

/** One range only; several, or what does not parse, is answered with the whole blob, as RFC 9110 §14.2 allows. */
function parseRange(
  header: string | undefined,
  size: number,
): { readonly first: number; readonly last: number } | 'unsatisfiable' | undefined {
  const [matched, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (matched === undefined || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return undefined;
  return first > last ? 'unsatisfiable' : { first, last };
}

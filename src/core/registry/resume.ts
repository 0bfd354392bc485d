import { isRegistryError, RegistryError } from '../errors.ts';
import type { HttpResponse } from '../ports.ts';
import { limits } from './limits.ts';

export interface Resumable {
  readonly host: string;
  /** Bytes of the whole. */
  readonly size: number;
  /**
   * Asks for the whole again from a byte on, with the headers given: `range`, and `if-range` where the first answer had
   * an ETag. Resolves with 200, 206 or 416, and rejects for everything else.
   */
  readonly reopen: (headers: Readonly<Record<string, string>>) => Promise<HttpResponse>;
}

/**
 * The bytes of a body, through broken connections: what is missing is asked for by Range. A server that sends the whole
 * instead, or refuses the range, is read from the start once, and what is known already left out. Whoever reads compares
 * the digest of it all, so parts of two versions are never taken for one (RFC 9110, section 13.1.5).
 */
export async function* resumingChunks(
  first: HttpResponse,
  resumable: Resumable,
): AsyncGenerator<Uint8Array, void, undefined> {
  const etag = strongEtag(first);
  let response = first;
  let offset = 0;
  /** Breaks since so many bytes had come. */
  let breaks = 0;
  let offsetOfBreaks = 0;
  let wasRestarted = false;
  for (;;) {
    // Bytes of this response that have been passed on before.
    let known = response === first || response.status === 206 ? 0 : offset;
    try {
      for await (const chunk of response.body) {
        const fresh = chunk.subarray(Math.min(known, chunk.length));
        known -= chunk.length - fresh.length;
        if (fresh.length === 0) continue;
        offset += fresh.length;
        yield fresh;
      }
      if (!isCutUnseen(response, offset, resumable.size)) return;
    } catch (error) {
      if (!isRegistryError(error) || !error.isPassing) throw error;
      if (offset - offsetOfBreaks >= limits.resumeProgress) {
        breaks = 0;
        offsetOfBreaks = offset;
      }
      if (++breaks > limits.resumes) throw error;
    }
    response = await rest(resumable, offset, etag);
    if (response.status === 206 || offset === 0) continue;
    if (wasRestarted) {
      response.discard();
      throw unresumable(resumable);
    }
    wasRestarted = true;
  }
}

/** What is missing; the whole (200) where the server sends no parts or takes the range for wrong. */
async function rest(
  { host, size, reopen }: Resumable,
  offset: number,
  etag: string | undefined,
): Promise<HttpResponse> {
  if (offset === 0) return reopen({});
  const response = await reopen({ range: `bytes=${offset}-`, ...(etag !== undefined && { 'if-range': etag }) });
  if (response.status === 416) {
    response.discard();
    return reopen({});
  }
  if (response.status !== 206) return response;
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  const isRest = Number(start) === offset && Number(end) === size - 1 && (total === '*' || Number(total) === size);
  if (isRest) return response;
  response.discard();
  throw wrongPart(host);
}

/** Without a length, the end of a connection looks like the end of the body. */
function isCutUnseen({ headers }: HttpResponse, offset: number, size: number): boolean {
  return (
    offset > 0 &&
    offset < size &&
    headers.get('content-length') === undefined &&
    headers.get('transfer-encoding') === undefined
  );
}

function strongEtag({ headers }: HttpResponse): string | undefined {
  const etag = headers.get('etag');
  return etag !== undefined && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined;
}

export function wrongPart(host: string): RegistryError {
  const message = `${host} sent another part of a blob than was asked for. Try again, then tell the registry's operator.`;
  return new RegistryError('protocol', message, { host });
}

function unresumable({ host }: Resumable): RegistryError {
  const message = `${host} breaks connections off and sends no parts of blobs. It was tried twice. Try again on a better connection.`;
  return new RegistryError('unreachable', message, { host });
}

import { isRegistryError } from '../errors.ts';
import type { HttpResponse } from '../ports.ts';

/** How often a transfer may break without a byte in between. */
const breaksAllowed = 3;

/**
 * The bytes of a body, through broken connections: what is missing is asked for with `reopen`, which gets the offset of
 * the next byte. A server that sends the whole instead (200) is read from the start, and what is known already left out.
 */
export async function* resumingChunks(
  first: HttpResponse,
  reopen: (offset: number) => Promise<HttpResponse>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let response = first;
  let offset = 0;
  let breaks = 0;
  for (;;) {
    // Bytes of this response that have been passed on before.
    let known = response === first || response.status === 206 ? 0 : offset;
    try {
      for await (const chunk of response.body) {
        const fresh = chunk.subarray(Math.min(known, chunk.length));
        known -= chunk.length - fresh.length;
        if (fresh.length === 0) continue;
        offset += fresh.length;
        breaks = 0;
        yield fresh;
      }
      return;
    } catch (error) {
      if (!isRegistryError(error) || !error.isPassing || ++breaks > breaksAllowed) throw error;
    }
    response = await reopen(offset);
  }
}

import { concatenate } from '../concatenate.ts';

/**
 * What the digest of a manifest of schema 1 is made of: all of it but its signatures, which say how it was written before
 * they were put in. `undefined` where they do not. A manifest without signatures is all of it.
 * https://distribution.github.io/distribution/spec/deprecated-schema-v1/#signed-manifests
 */
export function schema1Payload(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const document = JSON.parse(new TextDecoder().decode(bytes)) as { readonly signatures?: unknown };
    if (document.signatures === undefined) return bytes;
    const [signature] = document.signatures as readonly { readonly protected: string }[];
    const header = JSON.parse(new TextDecoder().decode(decode(signature?.protected ?? ''))) as {
      readonly formatLength: number;
      readonly formatTail: string;
    };
    const { formatLength, formatTail } = header;
    if (!Number.isSafeInteger(formatLength) || formatLength < 0 || formatLength > bytes.length) return undefined;
    const tail = decode(formatTail);
    return concatenate([bytes.subarray(0, formatLength), tail], formatLength + tail.length);
  } catch {
    return undefined;
  }
}

/** RFC 4648, section 5, without padding. */
function decode(base64url: string): Uint8Array {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

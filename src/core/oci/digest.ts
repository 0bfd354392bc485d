import { RegistryError } from '../errors.ts';

export type DigestAlgorithm = 'sha256' | 'sha512';

/**
 * The registered algorithms of OCI image-spec, descriptor.md#digests, in their exact form. Anything else is refused
 * before it reaches a URL or a path (CVE-2024-3727).
 */
const pattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: string): boolean {
  return pattern.test(text);
}

/** For what asks for a manifest or blob, or changes one, before anything is sent. Errors: `invalid`. */
export function assertDigest(text: string): void {
  if (!isDigest(text)) throw new RegistryError('invalid', `"${text}" is not a digest.`);
}

export function digestAlgorithm(digest: string): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** `sha256:0123456789ab`: enough to tell digests apart on a screen, never to name content. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 13);
}

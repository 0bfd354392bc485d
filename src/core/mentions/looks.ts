import { referenceOf } from './mention.ts';

const fileExtension =
  /\.(?:png|jpe?g|gif|svg|webp|ico|bmp|avif|iso|img|qcow2|vmdk|raw|html?|md|txt|json|ya?ml|tar|t?gz|zip)$/i;

/** `localhost:8080`, `16:9`, `db.example.com:5432` */
const hostAndPort = /^(?:localhost|[\d.]+|[\w-]+(?:\.[\w-]+)+):\d+$/;

/** What a tool fills in could be anything that is allowed there. */
const placeholder = /\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*/g;

/**
 * Whether a text under a key that could mean anything is an image all the same: it has a tag or a digest, or a path on a host. A
 * picture's file and an address with a port have not.
 */
export function looksLikeImage(text: string): boolean {
  if (fileExtension.test(text) || hostAndPort.test(text)) return false;
  const { reference } = referenceOf(text.replaceAll(placeholder, 'x'));
  if (reference === undefined) return false;
  const isOnHost = text.startsWith(`${reference.registry}/`) && reference.registry.includes('.');
  return reference.digest !== undefined || reference.tag !== undefined || isOnHost;
}

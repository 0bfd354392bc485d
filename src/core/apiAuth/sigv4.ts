import { concatenate } from '../concatenate.ts';
import type { AwsCredential } from '../credential.ts';
import type { CreateHash, HttpRequest } from '../ports.ts';

export interface SignatureScope {
  /** The name that the service signs by: `ecr`. */
  readonly service: string;
  readonly region: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * The request with AWS's Signature Version 4 in its headers: all of its own headers, its query and its body are signed.
 * What is signed may not be changed on the way. Query and path are taken as the URL has them, encoded once.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signV4(
  request: HttpRequest,
  options: {
    readonly credential: AwsCredential;
    readonly scope: SignatureScope;
    /** Milliseconds since 1970. AWS refuses what is more than five minutes off. */
    readonly at: number;
    readonly createHash: CreateHash;
  },
): HttpRequest {
  const { credential, scope, at, createHash } = options;
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const date = time.slice(0, 8);
  const headers: Readonly<Record<string, string>> = {
    ...request.headers,
    'x-amz-date': time,
    ...(credential.sessionToken !== undefined && { 'x-amz-security-token': credential.sessionToken }),
  };
  const signed = Object.entries({ ...headers, host: request.url.host }).sort(([a], [b]) => (a < b ? -1 : 1));
  const signedNames = signed.map(([name]) => name).join(';');
  const hashOf = (bytes: Uint8Array): string => {
    const hash = createHash('sha256');
    hash.update(bytes);
    return hash.hex();
  };
  const canonicalRequest = [
    request.method,
    canonicalPath(request.url),
    canonicalQuery(request.url),
    ...signed.map(([name, value]) => `${name}:${value.trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedNames,
    hashOf(request.body ?? new Uint8Array()),
  ].join('\n');

  const credentialScope = [date, scope.region, scope.service, 'aws4_request'].join('/');
  const toSign = [algorithm, time, credentialScope, hashOf(encode(canonicalRequest))].join('\n');
  // The key of the day, of the region, of the service and of requests: each is signed with the one before.
  const key = [date, scope.region, scope.service, 'aws4_request'].reduce<Uint8Array>(
    (secret, part) => hmacSha256(createHash, secret, encode(part)),
    encode(`AWS4${credential.secretAccessKey}`),
  );
  const signature = toHex(hmacSha256(createHash, key, encode(toSign)));
  const authorization = `${algorithm} Credential=${credential.accessKeyId}/${credentialScope}, SignedHeaders=${signedNames}, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}

/** RFC 2104 with SHA-256, whose blocks are of 64 bytes. */
function hmacSha256(createHash: CreateHash, key: Uint8Array, message: Uint8Array): Uint8Array {
  const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return fromHex(hash.hex());
  };
  const short = key.length > 64 ? sha256(key) : key;
  const block = concatenate([short, new Uint8Array(64 - short.length)], 64);
  const inner = sha256(
    block.map((byte) => byte ^ 0x36),
    message,
  );
  return sha256(
    block.map((byte) => byte ^ 0x5c),
    inner,
  );
}

/** Every service but S3 wants the path encoded once more. */
function canonicalPath(url: URL): string {
  return url.pathname.split('/').map(percentEncode).join('/');
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By character codes, as of the encoded text. */
function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** RFC 3986: nothing but its unreserved characters stays as it is. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

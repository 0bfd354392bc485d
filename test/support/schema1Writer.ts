/**
 * A manifest of schema 1 with a signature in it, as Docker pushed them until 1.10; the signature itself is none.
 * https://distribution.github.io/distribution/spec/deprecated-schema-v1/#signed-manifests
 */
export function signSchema1(payload: string): string {
  const end = payload.lastIndexOf('\n}');
  const formatTail = Buffer.from(payload.slice(end)).toString('base64url');
  const header = { formatLength: end, formatTail, time: '2015-01-01T00:00:00Z' };
  const signature = { protected: Buffer.from(JSON.stringify(header)).toString('base64url'), signature: 'none' };
  return `${payload.slice(0, end)},\n   "signatures": ${JSON.stringify([signature])}\n}`;
}

import type { Artifact, Content } from './oci.ts';
import type { RealRegistry } from './realRegistry.ts';

/** Pushes an artifact with all that it refers to by the OCI protocol, under its digest and under each tag. */
export async function pushOverHttp(
  registry: Pick<RealRegistry, 'url' | 'login'>,
  repository: string,
  artifact: Artifact,
  ...tags: string[]
): Promise<void> {
  for (const child of artifact.children) await pushOverHttp(registry, repository, child);
  for (const blob of artifact.blobs) await pushBlob(registry, repository, blob);
  const { descriptor, bytes } = artifact.manifest;
  for (const reference of [descriptor.digest, ...tags]) {
    const headers = { 'Content-Type': descriptor.mediaType };
    await request(registry, `/v2/${repository}/manifests/${reference}`, { method: 'PUT', headers, body: body(bytes) });
  }
}

async function pushBlob(
  registry: Pick<RealRegistry, 'url' | 'login'>,
  repository: string,
  blob: Content,
): Promise<void> {
  const started = await request(registry, `/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(started.headers.get('location') ?? '', registry.url);
  place.searchParams.set('digest', blob.descriptor.digest);
  const headers = { 'Content-Type': 'application/octet-stream' };
  await request(registry, place.href, { method: 'PUT', headers, body: body(blob.bytes) });
}

async function request(
  { url, login }: Pick<RealRegistry, 'url' | 'login'>,
  path: string,
  init: RequestInit & { readonly headers?: Record<string, string> },
): Promise<Response> {
  const authorization = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const headers = { ...init.headers, ...(authorization !== undefined && { authorization }) };
  const response = await fetch(new URL(path, url), { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method} ${path} answered ${response.status}: ${text}`);
  return response;
}

function body(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

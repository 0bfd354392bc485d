import assert from 'node:assert/strict';
import type { Artifact, Content } from './oci.ts';
import type { RealRegistry } from './realRegistry.ts';

/**
 * Pushes an artifact with all that it refers to into a registry without a login, under its digest or these tags: for
 * what skopeo does not push. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
export async function putArtifact(
  registry: Pick<RealRegistry, 'url'>,
  repository: string,
  artifact: Artifact,
  ...tags: string[]
): Promise<void> {
  for (const child of artifact.children) await putArtifact(registry, repository, child);
  for (const blob of artifact.blobs) await putBlob(`${registry.url}/v2/${repository}`, blob);
  const { manifest } = artifact;
  for (const reference of tags.length > 0 ? tags : [manifest.descriptor.digest])
    await put(`${registry.url}/v2/${repository}/manifests/${reference}`, manifest, manifest.descriptor.mediaType);
}

async function putBlob(repositoryUrl: string, blob: Content): Promise<void> {
  const started = await fetch(`${repositoryUrl}/blobs/uploads/`, { method: 'POST' });
  assert.equal(started.status, 202, await started.text());
  const location = new URL(started.headers.get('location') ?? '', repositoryUrl);
  location.searchParams.set('digest', blob.descriptor.digest);
  await put(location.href, blob, 'application/octet-stream');
}

async function put(url: string, { bytes }: Content, type: string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes), headers: { 'Content-Type': type } });
  assert.equal(answer.status, 201, await answer.text());
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, type Content, mediaTypes } from './oci.ts';

/** Writes an OCI image layout. https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export async function writeImageLayout(folder: string, tagged: Readonly<Record<string, Artifact>>): Promise<void> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  for (const artifact of Object.values(tagged)) await writeBlobs(folder, artifact);
  const manifests = Object.entries(tagged).map(([tag, { manifest }]) => ({
    ...manifest.descriptor,
    annotations: { ...manifest.descriptor.annotations, 'org.opencontainers.image.ref.name': tag },
  }));
  const index = { schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
}

async function writeBlobs(folder: string, { manifest, blobs, children }: Artifact): Promise<void> {
  for (const content of [manifest, ...blobs]) await writeBlob(folder, content);
  for (const child of children) await writeBlobs(folder, child);
}

function writeBlob(folder: string, { descriptor, bytes }: Content): Promise<void> {
  return writeFile(join(folder, 'blobs', descriptor.digest.replace(':', '/')), bytes);
}

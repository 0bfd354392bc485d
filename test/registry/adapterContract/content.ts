import { writeArtifact } from '../../support/artifactWriter.ts';
import { writeImage, writeIndex, writeLayer } from '../../support/imageWriter.ts';
import type { Artifact } from '../../support/oci.ts';
import { file } from '../../support/tarWriter.ts';

/** What a server holds before the rules are tried on it. */
export interface ContractContent {
  readonly repository: string;
  /** Under {@link tags} of the repository: an index of two platforms. */
  readonly image: Artifact;
  readonly tags: readonly string[];
  /** In the repository without a tag, where {@link ContractServer.holdsUntagged}: an image of one platform. */
  readonly untagged: Artifact;
  /** In the repository, where {@link ContractServer.holdsReferrer}: refers to {@link image}. */
  readonly referrer: Artifact;
  /** Further repositories, each with {@link untagged} as `latest`. */
  readonly others: readonly string[];
}

const layer = writeLayer([file('etc/motd', 'Welcome\n')]);
const imageFor = (architecture: string): Artifact =>
  writeImage({ platform: { os: 'linux', architecture }, steps: [{ createdBy: 'COPY motd /etc/', layer }] });
const image = writeIndex([imageFor('amd64'), imageFor('arm64')]);

export const content: ContractContent = {
  repository: 'shop/web',
  image,
  tags: ['1.0.0', '1.0.1', '1.1.0', '2.0.0', 'latest'],
  untagged: writeImage({ platform: { os: 'linux', architecture: 's390x' }, steps: [] }),
  referrer: writeArtifact({ artifactType: 'application/vnd.example.signature', subject: image.manifest.descriptor }),
  others: ['shop/api', 'shop/cart'],
};

/** Gives all of it to a server, where names may be others. */
export function pushContent(
  { repository, image, tags, untagged, referrer, others }: ContractContent,
  push: (name: string, artifact: Artifact, ...tags: string[]) => unknown,
  nameOf: (name: string) => string = (name) => name,
): void {
  push(nameOf(repository), image, ...tags);
  push(nameOf(repository), untagged);
  push(nameOf(repository), referrer);
  for (const name of others) push(nameOf(name), untagged, 'latest');
}

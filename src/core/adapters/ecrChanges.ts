import type { CallOptions } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { assertDigest } from '../oci/digest.ts';
import { isTag } from '../oci/reference.ts';
import { oneLine } from '../oneLine.ts';
import { type EcrApi, expected } from './ecrApi.ts';
import { type EcrFailure, readFailures, readImages } from './ecrReplies.ts';

/** A repository as the API knows it: its name without what only references have, and whose it is. */
export interface EcrRepositoryId {
  readonly repositoryName: string;
  readonly registryId?: string;
}

/**
 * Removes a tag and nothing else. ECR deletes an image with its last tag, so the last one stays.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
 */
export async function deleteEcrTag(
  api: EcrApi,
  id: EcrRepositoryId,
  tag: string,
  { signal }: CallOptions,
): Promise<void> {
  if (!isTag(tag)) throw new RegistryError('invalid', `"${tag}" is not a tag.`);
  const what = `${id.repositoryName}:${tag}`;
  const reply = await api.call('DescribeImages', { ...id, imageIds: [{ imageTag: tag }] }, what, signal);
  const [image] = expected(readImages(reply), api).items;
  if (image === undefined)
    throw new RegistryError('not-found', `${api.host} does not have ${what}.`, { host: api.host });
  if (image.tags.every((other) => other === tag)) {
    throw new RegistryError(
      'unsupported',
      `${tag} is the last tag of its image, and Amazon ECR deletes an image with its last tag. Nothing was removed. Delete the digest to remove both, or give the image another tag first.`,
      { host: api.host },
    );
  }
  await deleteImage(api, id, { imageTag: tag }, { image: what, signal });
}

/** Removes a manifest with every tag that names it. */
export async function deleteEcrManifest(
  api: EcrApi,
  id: EcrRepositoryId,
  digest: string,
  { signal }: CallOptions,
): Promise<void> {
  assertDigest(digest);
  await deleteImage(api, id, { imageDigest: digest }, { image: `${id.repositoryName}@${digest}`, signal });
}

/** Removes a repository with everything in it. */
export async function deleteEcrRepository(api: EcrApi, id: EcrRepositoryId, { signal }: CallOptions): Promise<void> {
  await api.call('DeleteRepository', { ...id, force: true }, `to delete ${id.repositoryName}`, signal);
}

async function deleteImage(
  api: EcrApi,
  id: EcrRepositoryId,
  imageId: { readonly imageTag: string } | { readonly imageDigest: string },
  { image, signal }: { readonly image: string; readonly signal: AbortSignal },
): Promise<void> {
  const reply = await api.call('BatchDeleteImage', { ...id, imageIds: [imageId] }, `to delete ${image}`, signal);
  const [failure] = readFailures(reply);
  if (failure !== undefined) throw failed(failure, image, api);
}

function failed({ code, reason }: EcrFailure, image: string, { host }: EcrApi): RegistryError {
  const said = reason === undefined ? '' : ` It said: "${oneLine(reason)}".`;
  switch (code) {
    case 'ImageReferencedByManifestList':
      return new RegistryError(
        'conflict',
        `${host} refused to delete ${image}: an image for several platforms holds it. Nothing was removed. Delete that one first.`,
        { host },
      );
    case 'ImageNotFound':
      return new RegistryError('not-found', `${host} does not have ${image}. It may have been deleted already.`, {
        host,
      });
    default:
      return new RegistryError('invalid', `${host} refused to delete ${image} (${code}).${said}`, { host });
  }
}

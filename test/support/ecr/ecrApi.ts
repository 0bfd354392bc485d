import { json, type RegistryRequest, type Reply, readBody } from '../sampleRegistry/http.ts';
import type { EcrRepositoryRecord, EcrStore } from './ecrStore.ts';
import { verifySignature } from './verifySignature.ts';

export interface EcrApiOptions {
  readonly store: EcrStore;
  readonly account: string;
  readonly region: string;
  /** Of ECR Public: what the addresses of its repositories begin with. */
  readonly alias?: string;
  /** Host of the API. */
  readonly host: string;
  /** Secret keys by access key. */
  readonly keys: Readonly<Record<string, string>>;
  /** What DescribeImages and the others give at most, whatever is asked for. */
  readonly maximumPageSize: number;
  /** What the registry takes as the password of `AWS`. */
  readonly password: string;
  /** Called with what is gone from a repository. */
  readonly onDeleted: (name: string, what: { readonly tag?: string; readonly digest?: string }) => void;
}

interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

interface Input {
  readonly registryId?: string;
  readonly repositoryName?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly force?: boolean;
  readonly filter?: { readonly tagStatus?: string };
  readonly imageId?: ImageId;
  readonly imageIds?: readonly ImageId[];
}

type Action = (input: Input, options: EcrApiOptions) => Reply;

/**
 * The parts of the API of Amazon ECR that Gantry asks, with the shapes and the errors that are documented for each.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
 */
export async function answerEcrApi(request: RegistryRequest, options: EcrApiOptions): Promise<Reply> {
  const body = await readBody(request);
  const { method, url, headers } = request;
  const signed = verifySignature(
    { method, host: options.host, path: url.pathname, query: url.searchParams, headers, body },
    options.keys,
    { service: options.alias === undefined ? 'ecr' : 'ecr-public', region: options.region },
  );
  // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
  if ('problem' in signed) return failure(signed.problem, 'The request is not signed as it has to be.');
  if (method !== 'POST' || headers['content-type'] !== 'application/x-amz-json-1.1') {
    return failure('SerializationException', 'Not JSON 1.1.');
  }
  const known = options.alias === undefined ? actions : publicActions;
  const prefix = options.alias === undefined ? 'AmazonEC2ContainerRegistry_V20150921' : 'SpencerFrontendService';
  const [target, name = ''] = String(headers['x-amz-target']).split('.');
  const action = target === prefix && Object.hasOwn(known, name) ? known[name] : undefined;
  if (action === undefined) return failure('UnknownOperationException', '');
  const input = JSON.parse(body.toString()) as Input;
  if (input.registryId !== undefined && input.registryId !== options.account) {
    return failure('RepositoryNotFoundException', `No registry with id '${input.registryId}'.`);
  }
  return action(input, options);
}

const actions: Readonly<Record<string, Action>> = {
  // …/API_GetAuthorizationToken.html
  GetAuthorizationToken: (_input, { password, account, region }) =>
    json(200, {
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
          expiresAt: Date.now() / 1000 + 12 * 3600,
          proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com`,
        },
      ],
    }),
  // …/API_DescribeRepositories.html
  DescribeRepositories: (input, options) =>
    page(input, options, [...options.store.repositories.values()], 'repositories', (repository) =>
      describeRepository(repository, options),
    ),
  // …/API_CreateRepository.html
  CreateRepository: ({ repositoryName = '' }, options) =>
    options.store.repositories.has(repositoryName)
      ? failure(
          'RepositoryAlreadyExistsException',
          `The repository with name '${repositoryName}' already exists in the registry with id '${options.account}'`,
        )
      : json(200, { repository: describeRepository(options.store.create(repositoryName), options) }),
  // …/API_DeleteRepository.html
  DeleteRepository: (input, options) =>
    inRepository(input, options, (repository) => {
      if (repository.images.size > 0 && input.force !== true)
        return failure('RepositoryNotEmptyException', 'Not empty.');
      options.store.repositories.delete(repository.name);
      options.onDeleted(repository.name, {});
      return json(200, { repository: describeRepository(repository, options) });
    }),
  // …/API_DescribeImages.html: one item a digest.
  DescribeImages: (input, options) =>
    inRepository(input, options, (repository) => {
      if (input.imageIds !== undefined) {
        const digests = input.imageIds.map((id) => digestOf(repository, id));
        const images = digests.flatMap((digest) => repository.images.get(digest ?? '') ?? []);
        if (images.length < digests.length) {
          return failure(
            'ImageNotFoundException',
            `The image with imageId ${JSON.stringify(input.imageIds[0])} does not exist within the repository with name '${repository.name}' in the registry with id '${options.account}'`,
          );
        }
        return json(200, { imageDetails: images.map((image) => describeImage(repository, image.digest, options)) });
      }
      const tagged = new Set(repository.tags.values());
      const wanted = [...repository.images.keys()].filter((digest) => {
        const status = input.filter?.tagStatus ?? 'ANY';
        return status === 'ANY' || (status === 'TAGGED') === tagged.has(digest);
      });
      return page(input, options, wanted, 'imageDetails', (digest) => describeImage(repository, digest, options));
    }),
  // …/API_BatchDeleteImage.html: the last tag of an image takes the image along; failures come with status 200.
  BatchDeleteImage: (input, options) =>
    inRepository(input, options, (repository) => {
      const imageIds: ImageId[] = [];
      const failures: object[] = [];
      for (const imageId of input.imageIds ?? []) {
        const digest = digestOf(repository, imageId);
        const holder = [...repository.images.values()].find(({ children }) => children.includes(digest ?? ''));
        if (digest === undefined || !repository.images.has(digest)) {
          failures.push({ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
        } else if (imageId.imageTag === undefined && holder !== undefined) {
          const failureReason = `Requested image referenced by manifest list: [${holder.digest}]`;
          failures.push({ imageId, failureCode: 'ImageReferencedByManifestList', failureReason });
        } else {
          deleteImage(repository, { ...imageId, imageDigest: digest }, options);
          imageIds.push({ imageDigest: digest, ...(imageId.imageTag !== undefined && { imageTag: imageId.imageTag }) });
        }
      }
      return json(200, { imageIds, failures });
    }),
  // …/API_DescribeImageScanFindings.html
  DescribeImageScanFindings: (input, options) =>
    inRepository(input, options, (repository) => {
      const digest = input.imageId?.imageDigest ?? '';
      if (!repository.images.has(digest)) return failure('ImageNotFoundException', 'The image does not exist.');
      const pages = repository.scans.get(digest);
      if (pages === undefined) {
        return failure('ScanNotFoundException', `Image scan does not exist for the image with '${digest}'`);
      }
      const number = input.nextToken === undefined ? 0 : Number(input.nextToken);
      const more = number + 1 < pages.length ? { nextToken: String(number + 1) } : {};
      const { account: registryId } = options;
      return json(200, {
        registryId,
        repositoryName: repository.name,
        imageId: input.imageId,
        ...pages[number],
        ...more,
      });
    }),
};

/** https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_Operations.html */
const publicActions: Readonly<Record<string, Action | undefined>> = {
  DescribeRepositories: actions['DescribeRepositories'],
  DescribeImages: actions['DescribeImages'],
  BatchDeleteImage: actions['BatchDeleteImage'],
  // …/API_DescribeRegistries.html
  DescribeRegistries: (_input, { account, alias }) =>
    json(200, {
      registries: [
        {
          registryId: account,
          registryArn: `arn:aws:ecr-public::${account}:registry/${account}`,
          registryUri: `public.ecr.aws/${alias}`,
          verified: false,
          aliases: [{ name: alias, status: 'ACTIVE', primaryRegistryAlias: true, defaultRegistryAlias: true }],
        },
      ],
    }),
  // …/API_DescribeImageTags.html: one item a tag.
  DescribeImageTags: (input, options) =>
    inRepository(input, options, (repository) =>
      page(input, options, [...repository.tags], 'imageTagDetails', ([imageTag, digest]) => {
        const image = repository.images.get(digest);
        const { pushedAt: createdAt, size: imageSizeInBytes } = image ?? {};
        return {
          imageTag,
          createdAt,
          imageDetail: { imageDigest: digest, imageSizeInBytes, imagePushedAt: createdAt },
        };
      }),
    ),
};

function inRepository(
  { repositoryName = '' }: Input,
  { store, account }: EcrApiOptions,
  answer: (repository: EcrRepositoryRecord) => Reply,
): Reply {
  const repository = store.repositories.get(repositoryName);
  if (repository !== undefined) return answer(repository);
  return failure(
    'RepositoryNotFoundException',
    `The repository with name '${repositoryName}' does not exist in the registry with id '${account}'`,
  );
}

function digestOf(repository: EcrRepositoryRecord, { imageDigest, imageTag }: ImageId): string | undefined {
  return imageDigest ?? repository.tags.get(imageTag ?? '');
}

function deleteImage(
  repository: EcrRepositoryRecord,
  { imageDigest = '', imageTag }: ImageId,
  { store, onDeleted }: EcrApiOptions,
): void {
  const tags = [...repository.tags].filter(([, digest]) => digest === imageDigest);
  if (imageTag !== undefined && tags.length > 1) {
    repository.tags.delete(imageTag);
    onDeleted(repository.name, { tag: imageTag });
    return;
  }
  store.delete(repository, imageDigest);
  onDeleted(repository.name, { digest: imageDigest });
}

function describeRepository(repository: EcrRepositoryRecord, { account, region, alias }: EcrApiOptions): object {
  const { name, createdAt, mutability, exclusions } = repository;
  if (alias !== undefined) {
    return { registryId: account, repositoryName: name, repositoryUri: `public.ecr.aws/${alias}/${name}`, createdAt };
  }
  return {
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
    registryId: account,
    repositoryName: name,
    repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    createdAt,
    imageTagMutability: mutability,
    ...(exclusions.length > 0 && {
      imageTagMutabilityExclusionFilters: exclusions.map((filter) => ({ filterType: 'WILDCARD', filter })),
    }),
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  };
}

function describeImage(repository: EcrRepositoryRecord, digest: string, { account }: EcrApiOptions): object {
  const image = repository.images.get(digest);
  const tags = [...repository.tags].filter(([, tagged]) => tagged === digest).map(([tag]) => tag);
  return {
    registryId: account,
    repositoryName: repository.name,
    imageDigest: digest,
    ...(tags.length > 0 && { imageTags: tags }),
    imageSizeInBytes: image?.size,
    imagePushedAt: image?.pushedAt,
    imageManifestMediaType: image?.mediaType,
    artifactMediaType: image?.isIndex ? undefined : 'application/vnd.oci.image.config.v1+json',
    lastRecordedPullTime: image?.pulledAt,
    imageStatus: 'ACTIVE',
  };
}

/** Tokens are opaque. One that was not given out is refused. */
function page<T>(
  { maxResults = 100, nextToken }: Input,
  { maximumPageSize }: EcrApiOptions,
  all: readonly T[],
  key: string,
  describe: (item: T) => object,
): Reply {
  if (maxResults < 1 || maxResults > 1000) {
    return failure('InvalidParameterException', "Invalid parameter at 'maxResults' failed to satisfy constraint");
  }
  const start = nextToken === undefined ? 0 : Number(/^after:(\d+)$/.exec(decode(nextToken))?.[1] ?? 'none');
  if (Number.isNaN(start)) return failure('InvalidParameterException', "Invalid parameter at 'nextToken'");
  const end = start + Math.min(maxResults, maximumPageSize);
  const more = end < all.length ? { nextToken: Buffer.from(`after:${end}`).toString('base64') } : {};
  return json(200, { [key]: all.slice(start, end).map(describe), ...more });
}

function decode(token: string): string {
  return Buffer.from(token, 'base64').toString();
}

/** The documented form of errors: 400 for all that is the client's. */
export function failure(type: string, message: string): Reply {
  const headers = { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': 'b8f0ecff' };
  return json(type === 'ServerException' ? 500 : 400, { __type: type, message }, headers);
}

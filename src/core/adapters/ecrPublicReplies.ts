import * as v from 'valibot';
import type { RepositoryListing, TagSummary } from '../../api.ts';
import { isDigest } from '../oci/digest.ts';
import { isRepositoryName, isTag } from '../oci/reference.ts';
import { type EcrPage, readEcrPage } from './ecrReplies.ts';
import { countSchema, epochSchema, lenient, parsed } from './replyFields.ts';

/*
 * What the API of Amazon ECR Public answers, about the repositories of one's own account.
 *
 * https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/Welcome.html
 */

const repositorySchema = v.object({ repositoryUri: v.string() });
const registrySchema = v.object({ aliases: v.array(v.unknown()) });
const aliasSchema = v.object({ name: v.pipe(v.string(), v.check(isRepositoryName)) });

const imageTagSchema = v.object({
  imageTag: v.pipe(v.string(), v.check(isTag)),
  createdAt: lenient(epochSchema),
  imageDetail: lenient(
    v.object({
      imageDigest: lenient(v.pipe(v.string(), v.check(isDigest))),
      imageSizeInBytes: lenient(countSchema),
      imagePushedAt: lenient(epochSchema),
    }),
  ),
});

/** DescribeRepositories: names with the alias that is in their addresses, `public.ecr.aws/ALIAS/NAME`. */
export function readPublicRepositories(document: unknown): EcrPage<RepositoryListing> | undefined {
  return readEcrPage(document, 'repositories', (item) => {
    const path = /^public\.ecr\.aws\/(.+)$/.exec(parsed(repositorySchema, item)?.repositoryUri ?? '')?.[1];
    return path !== undefined && isRepositoryName(path) ? [{ name: path }] : [];
  });
}

/** DescribeImageTags: one item a tag. */
export function readImageTags(document: unknown): EcrPage<TagSummary> | undefined {
  return readEcrPage(document, 'imageTagDetails', (item): readonly TagSummary[] => {
    const tag = parsed(imageTagSchema, item);
    if (tag === undefined) return [];
    const { imageDigest: digest, imageSizeInBytes: size, imagePushedAt } = tag.imageDetail ?? {};
    const pushedAt = tag.createdAt ?? imagePushedAt;
    return [
      {
        name: tag.imageTag,
        ...(digest !== undefined && { digest }),
        ...(size !== undefined && { size }),
        ...(pushedAt !== undefined && { pushedAt }),
      },
    ];
  });
}

/** DescribeRegistries: the aliases of the account, with which the names of its repositories begin. */
export function readAliases(document: unknown): EcrPage<string> | undefined {
  return readEcrPage(document, 'registries', (item) =>
    (parsed(registrySchema, item)?.aliases ?? []).flatMap((alias) => parsed(aliasSchema, alias)?.name ?? []),
  );
}

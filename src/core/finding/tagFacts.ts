import type { ImageDetails, TagSummary } from '../../api.ts';

/** What the image behind a tag tells; a registry's list may have told all of it already. */
export interface TagFacts extends Pick<TagSummary, 'digest' | 'size' | 'createdAt' | 'platforms'> {
  /** Whether a signature refers to it; absent where nobody has asked. */
  readonly isSigned?: boolean;
}

/** Whether a list left anything to ask for. */
export function isDescribed({ digest, size, createdAt, pushedAt, platforms }: TagSummary): boolean {
  return digest !== undefined && size !== undefined && (pushedAt ?? createdAt) !== undefined && platforms !== undefined;
}

/** What the list gave stays; the image fills in what it left out. */
export function withFacts(tag: TagSummary, facts: TagFacts | undefined): TagSummary {
  return facts === undefined ? tag : { ...facts, ...tag };
}

export function factsOf({ digest, size, createdAt, platforms }: ImageDetails): TagFacts {
  return { digest, size, platforms, ...(createdAt !== undefined && { createdAt }) };
}

/** What a list has told of a tag. */
export function described({ digest, size, createdAt, platforms }: TagSummary): TagFacts {
  return {
    ...(digest !== undefined && { digest }),
    ...(size !== undefined && { size }),
    ...(createdAt !== undefined && { createdAt }),
    ...(platforms !== undefined && { platforms }),
  };
}

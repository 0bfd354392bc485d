import type { NewerTags } from '../oci/newerTags.ts';

/** How an image stands that a file names. */
export type ImageStatus =
  | {
      readonly kind: 'known';
      /** Of the image that is written: by its digest, where it has one. */
      readonly digest: string;
      /** What the tag names now; absent without a tag. */
      readonly tagDigest?: string;
      /** Absent where the tags could not be listed. */
      readonly newer?: NewerTags;
    }
  | { readonly kind: 'missing' | 'failed'; readonly message: string }
  /** Its registry may not be asked, or was not asked any more. */
  | { readonly kind: 'notConnected' | 'stopped' };

/** The heading that an image stands under. */
export type StatusGroup = ImageStatus['kind'] | 'behind' | 'newer';

/** What needs attention first. */
export const statusGroups: readonly StatusGroup[] = [
  'missing',
  'behind',
  'newer',
  'failed',
  'notConnected',
  'stopped',
  'known',
];

export function statusGroup(status: ImageStatus): StatusGroup {
  if (status.kind !== 'known') return status.kind;
  if (isBehind(status)) return 'behind';
  return Object.keys(status.newer ?? {}).length > 0 ? 'newer' : 'known';
}

/** Whether a digest is written whose tag names another image now. */
export function isBehind(status: ImageStatus): boolean {
  return status.kind === 'known' && status.tagDigest !== undefined && status.tagDigest !== status.digest;
}

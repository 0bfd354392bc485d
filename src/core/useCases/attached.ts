import type { ConnectionOption, VulnerabilityReport } from '../../api.ts';
import { type Attachment, findAttachments } from '../attachments.ts';
import { findReferringSignatures, findSignatures, type Signature } from '../trust/signatures.ts';
import type { Shared } from './shared.ts';

/** What a registry has about an image beside it. */
export function createAttachedUseCases({ repositories }: Shared) {
  return {
    /** What is attached to an image. `platformDigest`: of the manifest of a platform that is looked at. */
    async attachments(
      text: string,
      options: ConnectionOption & { readonly platformDigest?: string } = {},
    ): Promise<readonly Attachment[]> {
      const { platformDigest } = options;
      return repositories.use(text, options, async ({ session, fetchManifest, tagOrDigest, signal }) => {
        const { descriptor } = await fetchManifest(tagOrDigest);
        const digests = [descriptor.digest, ...(platformDigest === undefined ? [] : [platformDigest])];
        return findAttachments({ repository: session, fetchManifest, signal }, digests);
      });
    },

    /** The signatures that a registry has beside an image, which nobody has verified. The reference has a digest. */
    async signatures(text: string, options: ConnectionOption = {}): Promise<readonly Signature[]> {
      return repositories.use(text, options, ({ session, tagOrDigest, signal }) =>
        findSignatures(session, tagOrDigest, signal),
      );
    },

    /** As {@link signatures}, without the one that cosign tags: for who has the list of tags. */
    async referringSignatures(text: string, options: ConnectionOption = {}): Promise<readonly Signature[]> {
      return repositories.use(text, options, ({ session, tagOrDigest, signal }) =>
        findReferringSignatures(session, tagOrDigest, signal),
      );
    },

    /** What the registry's own scanner has found in an image; `undefined` where it has none. The reference has a digest. */
    async vulnerabilities(text: string, options: ConnectionOption = {}): Promise<VulnerabilityReport | undefined> {
      return repositories.use(text, options, async ({ session, tagOrDigest, signal }) =>
        session.vulnerabilities?.(tagOrDigest, { signal }),
      );
    },
  };
}

/**
 * Tags that stand for what is attached to an image: `sha256-HEX.sig`, `.att` and `.sbom` of cosign, and `sha256-HEX` of the
 * referrers tag schema (OCI distribution-spec, "Referrers Tag Schema"), which notation and ORAS write.
 */
const attachmentPattern = /^(sha256|sha512)-([0-9a-f]{64}|[0-9a-f]{128})(?:\.(sig|att|sbom|[a-z0-9]{1,16}))?$/;

export interface AttachmentTag {
  /** Of the image. */
  readonly digest: string;
  /** `index` is a list of all that is attached. */
  readonly kind: 'signature' | 'attestation' | 'sbom' | 'index' | 'other';
}

/** `undefined` for the tag of an image. */
export function parseAttachmentTag(name: string): AttachmentTag | undefined {
  const [, algorithm, hex, suffix] = attachmentPattern.exec(name) ?? [];
  if (algorithm === undefined || hex === undefined) return undefined;
  return { digest: `${algorithm}:${hex}`, kind: kindOf(suffix) };
}

function kindOf(suffix: string | undefined): AttachmentTag['kind'] {
  switch (suffix) {
    case undefined:
      return 'index';
    case 'sig':
      return 'signature';
    case 'att':
      return 'attestation';
    case 'sbom':
      return 'sbom';
    default:
      return 'other';
  }
}

import type { CallOptions, Descriptor, RepositorySession } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { parseManifest } from '../oci/manifest.ts';
import { allReferrers } from '../registry/allReferrers.ts';
import { referrersTag } from '../registry/referrers.ts';

/** A signature that a registry has beside an image. Nothing of it is verified: anybody who may push can put one there. */
export interface Signature {
  readonly kind: 'cosign' | 'sigstore' | 'notation';
  /** The certificate that came along, as PEM; it names the signer. */
  readonly certificate?: string;
}

/** Signatures that are told of an image. */
const most = 20;

/** Of what tools write, by the type of the artifact. */
const kinds: readonly (readonly [artifactType: RegExp, kind: Signature['kind']])[] = [
  [/^application\/vnd\.cncf\.notary\.signature$/, 'notation'],
  [/^application\/vnd\.dev\.cosign\.artifact\.sig\./, 'cosign'],
  [/^application\/vnd\.dev\.sigstore\.bundle[.+]/, 'sigstore'],
];

/** Of a bundle that holds a statement about the image rather than a signature of it (cosign's bundle specification). */
const contentAnnotation = 'dev.sigstore.bundle.content';
const certificateAnnotation = 'dev.sigstore.cosign/certificate';

/** The signatures that refer to a manifest. */
export async function findReferringSignatures(
  repository: RepositorySession,
  digest: string,
  signal: AbortSignal,
): Promise<readonly Signature[]> {
  return (await allReferrers(repository, digest, signal)).flatMap(signatureOf).slice(0, most);
}

/** The signatures of a manifest: those that refer to it, and those of cosign under the tag that stands for its digest. */
export async function findSignatures(
  repository: RepositorySession,
  digest: string,
  signal: AbortSignal,
): Promise<readonly Signature[]> {
  const [referring, tagged] = await Promise.all([
    findReferringSignatures(repository, digest, signal),
    taggedSignatures(repository, digest, { signal }),
  ]);
  return [...tagged, ...referring].slice(0, most);
}

function signatureOf({ artifactType = '', annotations }: Descriptor): readonly Signature[] {
  const kind = kinds.find(([pattern]) => pattern.test(artifactType))?.[1];
  const isStatement = annotations?.[contentAnnotation] === 'dsse-envelope';
  return kind === undefined || isStatement ? [] : [{ kind }];
}

/** Asked with HEAD first, which registries do not count as a pull: most images have none. */
async function taggedSignatures(
  repository: RepositorySession,
  digest: string,
  options: CallOptions,
): Promise<readonly Signature[]> {
  const tag = `${referrersTag(digest)}.sig`;
  try {
    await repository.resolve(tag, options);
    const { bytes, descriptor } = await repository.fetchManifest(tag, options);
    const manifest = parseManifest(bytes, descriptor.mediaType);
    // Each layer is a signature.
    const layers = manifest.kind === 'image' ? manifest.layers : [];
    return layers.map(({ annotations }) => {
      const certificate = annotations?.[certificateAnnotation];
      return { kind: 'cosign', ...(certificate !== undefined && { certificate }) };
    });
  } catch (error) {
    if (isRegistryError(error, 'not-found')) return [];
    throw error;
  }
}

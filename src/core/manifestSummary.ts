import { type InspectContext, readImageConfig } from './inspect.ts';
import { realDate } from './oci/config.ts';
import type { ImageIndex } from './oci/manifest.ts';
import { formatPlatform, platformEntries, platformNames } from './oci/platform.ts';
import { fetchParsed } from './oci/platformImage.ts';

/** What one manifest tells of an image. */
export interface ManifestSummary {
  readonly digest: string;
  /** `os/arch[/variant]`, without attestations. */
  readonly platforms: readonly string[];
  /** The digests of an index's images, by their platforms. */
  readonly builds: ReadonlyMap<string, string>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601. An index tells it only where its builder has annotated it. */
  readonly createdAt?: string;
}

const created = 'org.opencontainers.image.created';

/**
 * Less than `inspect`: one manifest is read, and no other where it is an index. Where it is none, its config tells the platform and
 * the date.
 */
export async function summarizeManifest(
  context: Pick<InspectContext, 'fetchManifest' | 'fetchConfig'>,
  target: { readonly reference: string; readonly tagOrDigest: string },
): Promise<ManifestSummary> {
  const { manifest, descriptor } = await fetchParsed(context.fetchManifest, target);
  const { digest } = descriptor;
  const { annotations } = manifest;
  if (manifest.kind === 'index') {
    const createdAt = realDate(annotations[created]) ?? newestOf(manifest);
    const builds = new Map(platformEntries(manifest).map((entry) => [formatPlatform(entry.platform), entry.digest]));
    return {
      ...{ digest, platforms: platformNames(manifest), builds, annotations },
      ...(createdAt !== undefined && { createdAt }),
    };
  }
  const config = await readImageConfig(context, manifest.config);
  const createdAt = config?.createdAt ?? realDate(annotations[created]);
  return {
    ...{ digest, platforms: config?.platform === undefined ? [] : [config.platform], builds: new Map(), annotations },
    ...(createdAt !== undefined && { createdAt }),
  };
}

/** Docker's official images annotate the entries for their platforms. */
function newestOf(index: ImageIndex): string | undefined {
  return platformEntries(index)
    .flatMap(({ annotations }) => realDate(annotations?.[created]) ?? [])
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
}

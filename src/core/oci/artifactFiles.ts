import type { Descriptor } from '../../api.ts';
import { shortDigest } from './digest.ts';
import type { ImageManifest } from './manifest.ts';
import { essence } from './mediaType.ts';

/** A file of an artifact that is no image, under the name that it is saved by. */
export interface ArtifactFile {
  /** A relative path with `/` that leads nowhere else, and of which there is one. */
  readonly name: string;
  /** Whether it is the title that the artifact gives it; otherwise it is made up. */
  readonly isTitled: boolean;
  /** Whether it is a folder, packed, as `oras push` stores one. */
  readonly isFolder: boolean;
  readonly descriptor: Descriptor;
}

const title = 'org.opencontainers.image.title';
const version = 'org.opencontainers.image.version';
/** https://github.com/oras-project/oras-go/blob/v2/content/file/file.go */
const unpack = 'io.deis.oras.content.unpack';

/** Bytes of a name: most file systems take no longer ones. */
const longestName = 200;
const deepest = 32;

/**
 * The layers of an artifact as files, as `oras pull` names them: by their titles. Where there is none, or one that cannot be a
 * path inside a folder, a name is made up.
 */
export function artifactFiles(manifest: Pick<ImageManifest, 'layers' | 'annotations'>): readonly ArtifactFile[] {
  const taken = new Set<string>();
  return manifest.layers.map((descriptor) => {
    const { annotations = {} } = descriptor;
    const titled = safePath(annotations[title] ?? '');
    const isTitled = titled !== undefined && isFree(taken, titled);
    const name = isTitled ? titled : madeUpName(descriptor, manifest.annotations, taken);
    take(taken, name);
    return { name, isTitled, isFolder: isTitled && annotations[unpack] === 'true', descriptor };
  });
}

/** `undefined` for what leads elsewhere, or cannot be a name on every system. */
export function safePath(path: string): string | undefined {
  const parts = path.split('/').filter((part, place) => part !== '.' || place > 0);
  const isSafe = parts.length > 0 && parts.length <= deepest && parts.every(isName);
  return isSafe ? parts.join('/') : undefined;
}

const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

function isName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[. ]$/.test(name)) return false;
  if (/[\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name) || devices.test(name)) return false;
  return new TextEncoder().encode(name).length <= longestName;
}

/** Some file systems know no upper case. A file cannot be a folder too. */
function isFree(taken: ReadonlySet<string>, name: string): boolean {
  const own = keyOf(name);
  if (taken.has(own)) return false;
  return ![...taken].some((other) => other.startsWith(`${own}/`) || own.startsWith(`${other}/`));
}

function take(taken: Set<string>, name: string): void {
  taken.add(keyOf(name));
}

function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function madeUpName(
  { mediaType, digest }: Descriptor,
  annotations: ImageManifest['annotations'],
  taken: ReadonlySet<string>,
): string {
  const type = essence(mediaType);
  const byDigest = `${shortDigest(digest).replace(/[^\w-]/g, '-')}${extensionOf(type)}`;
  const chart = chartName(type, annotations);
  const wanted = chart !== undefined && isFree(taken, chart) ? chart : byDigest;
  return [wanted, ...Array.from({ length: taken.size + 1 }, (_, place) => `${place + 2}-${byDigest}`)].find((name) =>
    isFree(taken, name),
  ) as string;
}

/** As `helm pull` names it. */
function chartName(type: string, annotations: ImageManifest['annotations']): string | undefined {
  if (!type.startsWith('application/vnd.cncf.helm.chart.')) return undefined;
  const name = safePath(`${annotations[title] ?? ''}-${annotations[version] ?? ''}`);
  if (name?.includes('/') !== false || annotations[title] === undefined) return undefined;
  return type.includes('provenance') ? `${name}.tgz.prov` : `${name}.tgz`;
}

function extensionOf(type: string): string {
  const known = [
    [/tar\+gzip$|\.tar\.gzip$|tar\.gz$/, '.tar.gz'],
    [/tar\+zstd$/, '.tar.zst'],
    [/tar$/, '.tar'],
    [/json$/, '.json'],
    [/ya?ml$/, '.yaml'],
    [/wasm$/, '.wasm'],
    [/rego$/, '.rego'],
    [/^text\//, '.txt'],
  ] as const;
  return known.find(([pattern]) => pattern.test(type))?.[1] ?? '';
}

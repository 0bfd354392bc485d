import type { ImageReference, PullTarget } from '../../api.ts';
import { archiveRegistry, engineRegistry, isLocalRegistry, layoutRegistry } from './localReference.ts';
import { parseReference } from './reference.ts';

/** What Gantry does with images, and other programs do as well. */
export type ImageAction =
  | { readonly kind: 'copy'; readonly source: string; readonly target: string; readonly platform?: string | undefined }
  | {
      readonly kind: 'pull';
      readonly source: string;
      readonly destination: PullTarget;
      readonly platform?: string | undefined;
    }
  /** `target` is a bare tag. */
  | { readonly kind: 'tag'; readonly source: string; readonly target: string }
  | { readonly kind: 'delete'; readonly references: readonly string[] }
  | { readonly kind: 'assemble'; readonly sources: readonly string[]; readonly target: string };

/**
 * The line for a POSIX shell that does the same with another program: the one that comes nearest to it. It names what it
 * is done to and nothing else: each program has its own logins.
 */
export function shellCommand(action: ImageAction): string {
  switch (action.kind) {
    case 'copy':
      return copyCommand(parseReference(action.source), parseReference(action.target), action.platform);
    case 'pull':
      return pullCommandFor(parseReference(action.source), action.destination, action.platform);
    case 'tag':
      return words('crane', 'tag', fullName(parseReference(action.source)), action.target);
    case 'delete':
      return action.references.map((reference) => deleteCommand(parseReference(reference))).join('\n');
    case 'assemble': {
      const target = fullName(parseReference(action.target));
      const sources = action.sources.map((source) => fullName(parseReference(source)));
      return words('docker', 'buildx', 'imagetools', 'create', '--tag', target, ...sources);
    }
  }
}

/** Skopeo reads and writes every place; it leaves out what refers to an image, which regctl takes along. */
function copyCommand(source: ImageReference, target: ImageReference, platform: string | undefined): string {
  if (isLocalRegistry(source.registry) || isLocalRegistry(target.registry)) {
    return skopeoCopy(transportName(source), transportName(withTag(target, source)), platform);
  }
  const options = platform === undefined ? ['--referrers', '--digest-tags'] : ['--platform', platform];
  return words('regctl', 'image', 'copy', ...options, fullName(source), fullName(withTag(target, source)));
}

function pullCommandFor(source: ImageReference, destination: PullTarget, platform: string | undefined): string {
  const from = transportName(source);
  if (destination === 'engine') {
    return words('docker', 'pull', ...(platform === undefined ? [] : ['--platform', platform]), source.familiar);
  }
  if (destination === 'load') return skopeoCopy(from, `docker-daemon:${fullName(source)}`, platform, false);
  if ('folder' in destination) return skopeoCopy(from, `oci:${destination.folder}${tagOf(source)}`, platform);
  if ('files' in destination) {
    const pick = platform === undefined ? [] : ['--platform', platform];
    return `${words('crane', 'export', ...pick, fullName(source), '-')} | ${words('tar', '-xC', destination.files)}`;
  }
  const { archive, format = 'oci' } = destination;
  return format === 'oci'
    ? skopeoCopy(from, `oci-archive:${archive}${tagOf(source)}`, platform)
    : skopeoCopy(from, `docker-archive:${archive}:${fullName(source)}`, platform, false);
}

/** With `all`, every platform and the same digests. */
function skopeoCopy(source: string, target: string, platform: string | undefined, all = true): string {
  const [os, architecture, variant] = platform?.split('/') ?? [];
  const picked = [
    ...(os === undefined ? [] : ['--override-os', os]),
    ...(architecture === undefined ? [] : ['--override-arch', architecture]),
    ...(variant === undefined ? [] : ['--override-variant', variant]),
  ];
  const options = platform === undefined && all ? ['--all', '--preserve-digests'] : [];
  return words('skopeo', ...picked, 'copy', ...options, source, target);
}

/** A tag goes alone, which only regctl does everywhere; a digest goes with all of its tags. */
function deleteCommand(reference: ImageReference): string {
  return reference.digest === undefined
    ? words('regctl', 'tag', 'delete', fullName(reference))
    : words('skopeo', 'delete', `docker://${fullName(reference)}`);
}

/** As skopeo names it: containers-transports(5). */
function transportName(reference: ImageReference): string {
  const { registry, repository, tag, digest } = reference;
  const name = tag === undefined ? '' : `:${tag}`;
  if (registry === layoutRegistry) return `oci:${repository}${name}${digest === undefined ? '' : `@${digest}`}`;
  if (registry === archiveRegistry) return `docker-archive:${repository}${name}`;
  if (registry === engineRegistry)
    return `docker-daemon:${repository}${digest === undefined ? name || ':latest' : `@${digest}`}`;
  return `docker://${fullName(reference)}`;
}

/** With a tag or digest, and with the registry, which each program fills in by rules of its own. */
function fullName({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}

function tagOf({ tag, digest }: ImageReference): string {
  return tag === undefined && digest !== undefined ? '' : `:${tag ?? 'latest'}`;
}

/** A target without a tag takes the source's. */
function withTag(target: ImageReference, source: ImageReference): ImageReference {
  if (target.tag !== undefined || target.digest !== undefined) return target;
  return { ...target, tag: source.tag ?? 'latest' };
}

/** Quoted where a shell would read something else. */
function words(...parts: readonly string[]): string {
  return parts.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`)).join(' ');
}

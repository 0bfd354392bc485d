import type { ImageReference } from '../../api.ts';

/*
 * Images on this machine, in the form of containers-transports(5): `oci:/folder[:name][@digest]` for an OCI image layout,
 * `docker-archive:/file[:name][@digest]` for what `docker save`, `podman save` and the like write. As there, the path ends
 * at the first colon, so that a name may hold one: `docker-archive:/images.tar:shop/web:1.0`.
 *
 * In the parts of a reference the registry is `oci:` or `docker-archive:`, and the repository is the path.
 */
export const layoutRegistry = 'oci:';
export const archiveRegistry = 'docker-archive:';
/**
 * The container engine of this machine: `engine:/docker.io/library/nginx:1.27` is the image that it calls so. With the slash,
 * since `engine:1.27` is an image of Docker Hub. Its repositories are the names of images without their tags.
 */
export const engineRegistry = 'engine:/';

/** Names with digests by which the engine has pulled an image, with blanks between them: among the annotations of the image. */
export const pulledAnnotation = 'dev.gantry.engine.pulled';

const pattern = /^(oci:|docker-archive:)(\/.*)$/su;
const digestPattern = /@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
/** Windows: `/C:/images`. */
const drivePattern = /^\/[A-Za-z]:\//;
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.:+/-]{0,254}$/;

export function isLocalRegistry(registry: string): boolean {
  return registry === layoutRegistry || registry === archiveRegistry || registry === engineRegistry;
}

/** Whether an image of a layout or an archive can be named so. Wider than the tags of registries. */
export function isLocalName(name: string): boolean {
  return namePattern.test(name);
}

type Parts = Pick<ImageReference, 'registry' | 'repository' | 'tag' | 'digest'>;

/** The parts; `undefined` when the text is about no image of this machine; what is wrong with it when it is. */
export function parseLocalReference(text: string): Parts | { readonly problem: string } | undefined {
  const [, registry = '', rest = ''] = pattern.exec(text) ?? [];
  if (registry === '') return undefined;
  const digest = digestPattern.exec(rest)?.[1];
  const named = digest === undefined ? rest : rest.slice(0, -digest.length - 1);
  const colon = named.indexOf(':', drivePattern.test(named) ? 3 : 0);
  const repository = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const problem = pathProblem(repository);
  if (problem !== undefined) return { problem };
  if (tag !== undefined && !isLocalName(tag)) return { problem: 'an image cannot have the name after its path' };
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** What keeps a path from standing in a reference; `undefined` when nothing does. Each file has one path only. */
export function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'its path is not absolute';
  if (path.includes(':', drivePattern.test(path) ? 3 : 0)) return 'its path holds a colon';
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(path)) return 'its path holds characters that cannot be seen';
  const parts = path.slice(1).split('/');
  return parts.some((part) => ['', '.', '..'].includes(part)) ? 'a part of its path is empty, "." or ".."' : undefined;
}

/** The path as the file system takes it. */
export function filePath(repository: string): string {
  return drivePattern.test(repository) ? repository.slice(1) : repository;
}

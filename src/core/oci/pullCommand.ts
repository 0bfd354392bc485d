import { dockerHub, parseReference } from './reference.ts';

/** Programs that take images from registries, the best known first. */
export const pullTools = ['docker', 'podman', 'nerdctl', 'crictl', 'skopeo', 'helm', 'oras'] as const;

export type PullTool = (typeof pullTools)[number];

/** The registry of Docker Hub by its own name, for programs that know no other. */
const dockerHubRegistry = 'registry-1.docker.io';

/** The line for a shell that takes an image with a program. A reference holds no character that a shell reads in another way. */
export function pullCommand(reference: string, tool: PullTool = 'docker'): string {
  const { registry, repository, tag, digest, familiar } = parseReference(reference);
  const suffix = digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`;
  const full = `${registry}/${repository}${suffix}`;
  switch (tool) {
    case 'docker':
    case 'nerdctl':
      return `${tool} pull ${familiar}`;
    case 'podman':
    case 'crictl':
    case 'oras':
      // Short names are theirs to complete, each by rules of its own.
      return `${tool} pull ${full}`;
    case 'skopeo':
      return `skopeo copy --all docker://${full} oci:${repository.split('/').at(-1)}${tag === undefined ? '' : `:${tag}`}`;
    case 'helm': {
      const chart = `oci://${registry === dockerHub ? dockerHubRegistry : registry}/${repository}`;
      if (digest !== undefined) return `helm pull ${chart}@${digest}`;
      // Helm writes "_" in tags for the "+" of versions.
      return tag === undefined ? `helm pull ${chart}` : `helm pull ${chart} --version ${tag.replaceAll('_', '+')}`;
    }
  }
}

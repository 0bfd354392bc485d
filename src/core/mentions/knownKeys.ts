import type { Collector } from './collector.ts';
import { children, type Node, type TextNode, textOf } from './tree.ts';

/** Files that name images by keys at known places. */
export interface KnownFile {
  /** Matches the path in lower case, with `/`. */
  readonly path: RegExp;
  /**
   * Where images are, as keys from the root: `*` is any one, `**` any number of them, `*end` one that ends so. Lists count as a
   * level whose keys are numbers.
   */
  readonly images: readonly string[];
  /** Places of images only where the text looks like one. */
  readonly likely?: readonly string[];
  /** Places of images that the file makes. */
  readonly outputs?: readonly string[];
  /** Places of names that the file defines for itself: where an image is expected they are none. */
  readonly names?: readonly string[];
  /** What stands before the image in a text. */
  readonly prefix?: string;
}

/** To add a kind of file, add a line. The first whose path matches is taken. */
export const knownFiles: readonly KnownFile[] = [
  {
    path: /(?:^|\/)azure-pipelines[^/]*\.ya?ml$|(?:^|\/)\.(?:azuredevops|azure-pipelines)\/.*\.ya?ml$/,
    images: ['resources.containers.*.image', '**.container.image', '**.container'],
    names: ['resources.containers.*.container'],
  },
  {
    path: /(?:^|\/)\.circleci\/.*\.ya?ml$/,
    images: ['**.docker.*.image'],
  },
  {
    path: /(?:^|\/)bitbucket-pipelines\.ya?ml$/,
    images: ['**.image', '**.image.name'],
  },
  {
    path: /(?:^|\/)\.(?:drone|woodpecker)(?:\/[^/]*)?\.ya?ml$/,
    images: ['steps.*.image', 'services.*.image', 'pipeline.*.image', 'clone.*.image', 'clone.image'],
  },
  {
    path: /(?:^|\/)skaffold[^/]*\.ya?ml$/,
    images: [],
    outputs: ['build.artifacts.*.image', 'profiles.*.build.artifacts.*.image'],
    likely: ['**.fromImage', '**.runImage', '**.builder', '**.cacheFrom.*', '**.image'],
  },
  { path: /(?:^|\/)cloudbuild[^/]*\.ya?ml$/, images: ['steps.*.name'], outputs: ['images.*'] },
  { path: /(?:^|\/)\.cirrus\.ya?ml$/, images: ['**.container.image', '**.docker_image'] },
  { path: /(?:^|\/)\.semaphore\/.*\.ya?ml$/, images: ['**.containers.*.image'] },
  { path: /(?:^|\/)(?:\.buildkite\/.*|pipeline)\.ya?ml$/, images: ['steps.**.image'] },
  {
    path: /\.(?:container|image|volume|kube|pod)$/,
    images: ['Container.Image', 'Image.Image', 'Volume.Image'],
  },
  { path: /\.(?:nomad|nomad\.hcl)$/, images: ['**.config.image'] },
  {
    path: /\.(?:tf|tofu)$/,
    images: [
      'resource.docker_image.*.name',
      'data.docker_registry_image.*.name',
      'resource.docker_registry_image.*.name',
    ],
    likely: ['**.image', '**.image_uri', '**.container_image', '**.image_name'],
  },
  { path: /(?:^|\/)fly\.toml$/, images: ['build.image'] },
  {
    path: /(?:^|\/)(?:project|builder)\.toml$/,
    images: [],
    likely: ['**.builder', '**.image', '**.run-image', '**.build-image'],
  },
  {
    path: /(?:^|\/)config\.toml$/,
    images: ['runners.docker.image', 'runners.docker.services.name', 'runners.kubernetes.image'],
  },
];

/** Modules of Ansible whose `image` is one, with or without their collection. */
export const ansibleFile: KnownFile = {
  path: /(?:^|\/)(?:playbooks?|roles|tasks|handlers|group_vars|host_vars)\/.*\.ya?ml$|(?:^|\/)(?:playbook|site)[^/]*\.ya?ml$/,
  images: ['**.*docker_container.image', '**.*podman_container.image', '**.*docker_swarm_service.image'],
  likely: ['**.*docker_image.name', '**.*docker_image_pull.name', '**.*podman_image.name', '**.*image'],
};

export function knownFile(path: string): KnownFile | undefined {
  return [...knownFiles, ansibleFile].find((file) => file.path.test(path));
}

export function collectKnownKeys(file: KnownFile, roots: readonly Node[], collector: Collector): void {
  const names = new Set<string>();
  for (const root of roots) match(root, file.names ?? [], (node) => names.add(node.value));
  for (const root of roots) {
    match(root, file.images, (node) => {
      // Units of systemd that make images have names that are none.
      if (!names.has(node.value) && !/\.(?:image|build)$/.test(node.value)) collector.image(node);
    });
    match(root, file.outputs ?? [], (node) => collector.image(node, { isOutput: true }));
    match(root, file.likely ?? [], (node) => collector.likelyImage(node));
  }
}

/** Calls for every text at one of the places. In one walk, however many the places. */
function match(root: Node, patterns: readonly string[], found: (node: TextNode) => void): void {
  const visit = (node: Node, states: readonly (readonly string[])[]): void => {
    if (states.length === 0) return;
    const text = textOf(node);
    if (text !== undefined) {
      if (states.some((state) => state.length === 0)) found(text);
      return;
    }
    for (const { key, value } of children(node)) {
      visit(
        value,
        states.flatMap((state) => after(key, state)),
      );
    }
  };
  visit(
    root,
    patterns.map((pattern) => pattern.split('.')),
  );
}

/** What is left of a pattern after a key, in each way that it can be read. */
function after(key: string, [segment, ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (segment === undefined) return [];
  if (segment === '**') return [['**', ...rest], ...after(key, rest)];
  const isMatch = segment.startsWith('*') ? key.endsWith(segment.slice(1)) : segment === key;
  return isMatch ? [rest] : [];
}

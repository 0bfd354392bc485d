import type { Collector } from './collector.ts';
import { collectByShape } from './helmValues.ts';
import { children, get, type Node, textAt, walk } from './tree.ts';

const containerLists = ['containers', 'initContainers', 'ephemeralContainers', 'steps', 'sidecars'];

/**
 * The images of a Kubernetes object: of pods wherever their specification is, of image volumes, and of other kinds of objects
 * by the shape of their values.
 */
export function collectKubernetes(root: Node, collector: Collector): void {
  walk(root, (key, node) => {
    if (containerLists.includes(key)) collector.image(get(node, 'image'));
    if (key === 'volumes') collector.image(get(node, 'image', 'reference'));
  });
  collectByShape(root, collector);
}

export function isKubernetes(root: Node): boolean {
  return textAt(root, 'apiVersion') !== undefined && textAt(root, 'kind') !== undefined;
}

/** `images: [{ name, newName, newTag, digest }]` of a Kustomization. */
export function collectKustomization(root: Node, collector: Collector): void {
  for (const { value: image } of children(get(root, 'images'))) {
    const name = textAt(image, 'newName') ?? textAt(image, 'name');
    const [tag, digest] = [textAt(image, 'newTag'), textAt(image, 'digest')];
    // Without a new tag it keeps what each object names.
    if (name === undefined || (tag === undefined && digest === undefined && textAt(image, 'newName') === undefined))
      continue;
    collector.parts({ repository: name, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) });
  }
}

export function isKustomization(root: Node): boolean {
  return children(get(root, 'images')).some(({ value }) => get(value, 'newTag') ?? get(value, 'newName'));
}

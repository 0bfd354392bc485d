import type { Collector } from './collector.ts';
import { type Node, textAt, textOf, walk } from './tree.ts';

/** `image`, `baseImage`, `sidecar_image`, `imageName` */
const imageKey = /(?:^i|I|[_-]i)mage(?:Name)?$/;

/**
 * The images of a chart's values, or of anything else, by their shape: `image: repository:tag` by its look, and
 * `image: { registry, repository, tag, digest }` at any depth.
 */
export function collectByShape(root: Node, collector: Collector): void {
  walk(root, (key, node) => {
    if (textOf(node) !== undefined) {
      if (imageKey.test(key)) collector.likelyImage(node);
    } else if (node.kind === 'map') collectParts(key, node, collector);
  });
}

/** Under a key that speaks of an image; under another one a repository needs a tag or a digest beside it. */
function collectParts(key: string, node: Node, collector: Collector): void {
  const repository = textAt(node, 'repository') ?? (/image/i.test(key) ? textAt(node, 'name') : undefined);
  if (repository === undefined || /^(?:https?|oci|git|ssh):/.test(repository.value)) return;
  const [registry, tag, digest] = [textAt(node, 'registry'), textAt(node, 'tag'), textAt(node, 'digest')];
  const isImage = /image/i.test(key) || tag !== undefined || digest !== undefined;
  // A name alone is the name of anything.
  const isNameOnly = textAt(node, 'repository') === undefined && tag === undefined && digest === undefined;
  if (!isImage || isNameOnly) return;
  collector.parts({
    repository,
    ...(registry !== undefined && { registry }),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  });
}

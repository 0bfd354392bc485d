import type { Collector } from './collector.ts';
import { collectBuildArguments } from './compose.ts';
import { children, get, type Node } from './tree.ts';

/** The images of a `devcontainer.json` (containers.dev). Its features are artifacts, not images. */
export function collectDevcontainer(root: Node, collector: Collector): void {
  collector.image(get(root, 'image'));
  const cacheFrom = get(root, 'build', 'cacheFrom');
  collector.fieldImage(cacheFrom, 'ref');
  for (const { value } of children(cacheFrom)) collector.fieldImage(value, 'ref');
  collectBuildArguments(get(root, 'build', 'args'), collector);
}

import type { Collector } from './collector.ts';
import { collectBuildArguments, collectContexts, collectInlineDockerfile } from './compose.ts';
import { doubledDollarDialect, expandVariables, type Variables } from './expandVariables.ts';
import type { PlacedText } from './mention.ts';
import { children, get, type Node, textAt } from './tree.ts';

/** Tags, outputs and caches name what is made. */
const output = { isOutput: true };

/** The images of a Bake file, in HCL or JSON: contexts, caches, outputs and tags of its targets. */
export function collectBake(root: Node, collector: Collector): void {
  const values = new Map<string, PlacedText>();
  const variables: Variables = (name) => values.get(name)?.value;
  for (const { name, value } of named(root, 'variable')) {
    const text = textAt(value, 'default');
    if (text === undefined) continue;
    const { text: expanded, unresolved } = expandVariables(text.value, variables, doubledDollarDialect);
    if (unresolved.length === 0 && !expanded.includes('${')) values.set(name, { ...text, value: expanded });
  }
  const targets = collector.with({ variables, definitions: values });
  for (const { value: target } of named(root, 'target')) collectTarget(target, targets);
}

function collectTarget(target: Node, collector: Collector): void {
  for (const { value } of children(get(target, 'tags'))) collector.image(value, output);
  for (const key of ['cache-from', 'cache-to']) {
    for (const { value } of children(get(target, key))) {
      collector.fieldImage(value, 'ref', output);
      collector.image(get(value, 'ref'), output);
    }
  }
  for (const { value } of children(get(target, 'output'))) {
    if (value.kind === 'map') collector.image(get(value, 'name'), output);
    else if (value.kind === 'text' && value.value.includes('=')) collector.fieldImage(value, 'name', output);
  }
  collectContexts(get(target, 'contexts'), collector);
  collectBuildArguments(get(target, 'args'), collector);
  collectInlineDockerfile(get(target, 'dockerfile-inline'), collector);
}

/** The blocks of a type: each has its name for a key, and HCL gives every block a map of its own. */
function named(root: Node, type: string): readonly { readonly name: string; readonly value: Node }[] {
  return children(root).flatMap(({ key, value }) =>
    key === type ? children(value).map((entry) => ({ name: entry.key, value: entry.value })) : [],
  );
}

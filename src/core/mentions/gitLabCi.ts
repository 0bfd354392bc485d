import type { Collector } from './collector.ts';
import { doubledDollarDialect, expandVariables, type Variables } from './expandVariables.ts';
import type { PlacedText } from './mention.ts';
import { children, get, type Node, textAt, textOf } from './tree.ts';

/** Keys of the top that are no jobs. */
const globalKeys = ['variables', 'stages', 'include', 'workflow', 'spec', 'cache', 'before_script', 'after_script'];

/** The images and services of a pipeline of GitLab, with the variables that it defines itself. */
export function collectGitLabCi(root: Node, collector: Collector): void {
  const known = variablesOf(get(root, 'variables'), new Map());
  collectImages(root, withVariables(collector, known));
  for (const { key, value: job } of children(root)) {
    if (globalKeys.includes(key) || job.kind !== 'map' || key === 'image') continue;
    collectImages(job, withVariables(collector, variablesOf(get(job, 'variables'), known)));
  }
}

function collectImages(job: Node, collector: Collector): void {
  collector.image(get(job, 'image'));
  collector.image(get(job, 'image', 'name'));
  const services = get(job, 'services');
  for (const { value: service } of children(services)) {
    collector.image(service);
    collector.image(get(service, 'name'));
  }
}

/** Those of a job take precedence. A value may name variables defined before it. */
function variablesOf(node: Node | undefined, outer: ReadonlyMap<string, PlacedText>): ReadonlyMap<string, PlacedText> {
  if (children(node).length === 0) return outer;
  const values = new Map(outer);
  const lookUp: Variables = (name) => values.get(name)?.value;
  for (const { key, value } of children(node)) {
    const text = textOf(value) ?? textAt(value, 'value');
    if (text === undefined) continue;
    const { text: expanded, unresolved } = expandVariables(text.value, lookUp, doubledDollarDialect);
    if (unresolved.length === 0) values.set(key, { ...text, value: expanded });
  }
  return values;
}

function withVariables(collector: Collector, values: ReadonlyMap<string, PlacedText>): Collector {
  const variables: Variables = (name) => values.get(name)?.value;
  return collector.with({ variables, definitions: values });
}

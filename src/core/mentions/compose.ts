import type { Collector } from './collector.ts';
import { findDockerfileMentions } from './dockerfile.ts';
import { children, get, type Node, partOf, textAt, textOf, walk } from './tree.ts';

/** Beside a build, an image is the name of what is built. */
const output = { isOutput: true };

/** The images of a Compose file (compose-spec): services, what they are built from, and fragments in `x-…`. */
export function collectCompose(root: Node, collector: Collector): void {
  for (const { value: service } of children(get(root, 'services'))) collectService(service, collector);
  for (const { key, value } of children(root)) {
    if (!key.startsWith('x-')) continue;
    if (value.kind === 'text') collector.likelyImage(value);
    walk(value, (name, node) => {
      if (name === 'image') collector.image(node);
    });
  }
}

function collectService(service: Node, collector: Collector): void {
  const build = get(service, 'build');
  const platform = textAt(service, 'platform')?.value;
  const isKnown = platform !== undefined && !platform.includes('$');
  collector.image(get(service, 'image'), { ...(isKnown && { platform }), ...(build !== undefined && output) });
  for (const { value: volume } of children(get(service, 'volumes'))) {
    if (textAt(volume, 'type')?.value === 'image') collector.image(get(volume, 'source'));
  }
  // What a build reads it may have written before: neither need be there.
  for (const key of ['cache_from', 'cache_to']) {
    for (const { value } of children(get(build, key))) collector.fieldImage(value, 'ref', output);
  }
  collectContexts(get(build, 'additional_contexts'), collector);
  collectBuildArguments(get(build, 'args'), collector);
  collectInlineDockerfile(get(build, 'dockerfile_inline'), collector);
}

/** Named contexts, as a map or as a list of `name=value`. */
export function collectContexts(contexts: Node | undefined, collector: Collector): void {
  for (const { value } of children(contexts)) {
    const text = textOf(value);
    if (text === undefined) continue;
    const start = contexts?.kind === 'list' ? text.value.indexOf('=') + 1 : 0;
    collector.prefixedImage(partOf(collector.text, text, start), 'docker-image://');
  }
}

/** Arguments that by name and look hold an image, as a map or as a list of `NAME=value`. */
export function collectBuildArguments(args: Node | undefined, collector: Collector): void {
  for (const { key, value } of children(args)) {
    const text = textOf(value);
    if (text === undefined) continue;
    const equals = args?.kind === 'list' ? text.value.indexOf('=') : -1;
    const name = args?.kind === 'list' ? text.value.slice(0, Math.max(0, equals)) : key;
    if (/(?:^|_)(?:IMAGE|BASE|FROM)(?:_|$)/i.test(name)) {
      collector.likelyImage(equals < 0 ? text : partOf(collector.text, text, equals + 1));
    }
  }
}

/** A Dockerfile in a block: its lines are lines of the file, and blanks before an instruction mean nothing. */
export function collectInlineDockerfile(node: Node | undefined, collector: Collector): void {
  const text = textOf(node);
  if (text === undefined || !text.value.includes('\n')) return;
  for (const mention of findDockerfileMentions(collector.text.slice(text.start, text.end))) {
    const definition = mention.definition && {
      start: text.start + mention.definition.start,
      end: text.start + mention.definition.end,
    };
    collector.add({
      ...mention,
      start: text.start + mention.start,
      end: text.start + mention.end,
      ...(definition !== undefined && { definition }),
    });
  }
}

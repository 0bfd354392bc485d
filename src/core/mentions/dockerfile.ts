import { DockerfileParser, type From } from 'dockerfile-ast';
import type { ImageMention } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { parseReference } from '../oci/reference.ts';
import { expandVariables, type Variables } from './expandVariables.ts';

/**
 * The images that the `FROM` lines of a Dockerfile name. Earlier stages and `scratch` are left out; variables take the
 * defaults of the `ARG`s before the first `FROM`.
 */
export function findDockerfileMentions(text: string): readonly ImageMention[] {
  const dockerfile = DockerfileParser.parse(text);
  const offsetAt = lineOffsets(text);
  const variables = globalArguments(dockerfile.getInitialARGs());
  const stages = new Set<string>();
  const mentions: ImageMention[] = [];

  for (const from of dockerfile.getFROMs()) {
    const range = from.getImageRange();
    const written = from.getImage();
    if (range !== null && written !== null && written !== '') {
      const start = offsetAt(range.start);
      const end = offsetAt(range.end);
      const raw = text.slice(start, end);
      const { text: name, unresolved } = expandVariables(written, variables);
      const isImage = name !== 'scratch' && !stages.has(name.toLowerCase());
      if (isImage)
        mentions.push({ start, end, raw, kind: 'from', ...reading(name, unresolved), ...platformOf(from, variables) });
    }
    const stage = from.getBuildStage();
    if (stage !== null) stages.add(stage.toLowerCase());
  }
  return mentions;
}

function globalArguments(
  declarations: readonly { getProperties(): readonly { getName(): string; getUnescapedValue(): string | null }[] }[],
): Variables {
  const values = new Map<string, string>();
  const lookUp: Variables = (name) => values.get(name);
  for (const declaration of declarations) {
    for (const property of declaration.getProperties()) {
      const value = property.getUnescapedValue();
      // A default may name arguments above it.
      if (value !== null) values.set(property.getName(), expandVariables(value, lookUp).text);
    }
  }
  return lookUp;
}

function reading(name: string, unresolved: readonly string[]): Pick<ImageMention, 'reference' | 'unresolved'> {
  if (unresolved.length > 0) return { unresolved };
  try {
    return { reference: parseReference(name) };
  } catch (error) {
    if (isRegistryError(error, 'invalid')) return {};
    throw error;
  }
}

function platformOf(from: From, variables: Variables): Pick<ImageMention, 'platform'> {
  const flag = from.getPlatformFlag();
  const value = flag?.getValue();
  if (value === null || value === undefined || value === '') return {};
  const { text, unresolved } = expandVariables(value, variables);
  // BUILDPLATFORM and its like are known only when it is built.
  return unresolved.length > 0 ? {} : { platform: text };
}

/** Offsets of the parser's positions, in UTF-16 units. */
function lineOffsets(text: string): (position: { readonly line: number; readonly character: number }) => number {
  const starts = [0];
  for (const { index } of text.matchAll(/\r\n|\n|\r/g))
    starts.push(text.startsWith('\r\n', index) ? index + 2 : index + 1);
  return ({ line, character }) => (starts[line] ?? text.length) + character;
}

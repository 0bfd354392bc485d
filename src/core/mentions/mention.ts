import type { ImageMention } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { parseReference } from '../oci/reference.ts';
import { type Dialect, expandVariables, type Variables } from './expandVariables.ts';

/** A place in a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text in a file, and where it stands. */
export interface PlacedText extends Span {
  /** Without quotes, and with its escapes resolved. */
  readonly value: string;
  /** Where it is defined that is used here: the anchor of an alias. */
  readonly definition?: Span;
}

/** The variables that a file knows, by name. */
export type Definitions = ReadonlyMap<string, PlacedText>;

export interface Reading {
  readonly text: string;
  readonly kind: ImageMention['kind'];
  readonly variables?: Variables;
  /** Where values of variables stand. */
  readonly definitions?: Definitions;
  /** Absent where `$name` is no variable. */
  readonly dialect?: Dialect;
}

export type MentionExtras = Pick<ImageMention, 'platform' | 'definition' | 'isOutput'>;

/** The mention at a place; `undefined` for `scratch` and for nothing. */
export function mentionAt(reading: Reading, place: PlacedText, extras: MentionExtras = {}): ImageMention | undefined {
  const { text, kind, dialect, variables = noVariables, definitions } = reading;
  const { start, end } = place;
  const raw = text.slice(start, end);
  if (raw.trim() === '') return undefined;
  const mention = { start, end, raw, kind, ...definitionOf(place.definition), ...extras };
  const expansion =
    dialect === undefined
      ? { text: place.value, used: [], unresolved: [] }
      : expandVariables(place.value, variables, dialect);
  const unresolved = [...new Set([...expansion.unresolved, ...placeholders(expansion.text)])];
  if (unresolved.length > 0) return { ...mention, unresolved };
  if (expansion.text === 'scratch') return undefined;
  const [only, ...more] = expansion.used;
  const definition = only === undefined || more.length > 0 ? undefined : definitions?.get(only);
  return { ...mention, ...definitionOf(definition), ...referenceOf(expansion.text) };
}

/** The reference that a text is, where it is one. */
export function referenceOf(text: string): Pick<ImageMention, 'reference'> {
  try {
    return { reference: parseReference(text) };
  } catch (error) {
    if (isRegistryError(error, 'invalid')) return {};
    throw error;
  }
}

/**
 * What other tools fill in, as they name it: `{{ .Values.tag }}`, `${{ matrix.tag }}`, `$(params.tag)`, `<< parameters.tag >>`,
 * `${localEnv:TAG}`. A dollar sign is in no reference, so whatever of it is left after an expansion is one.
 */
function placeholders(text: string): readonly string[] {
  // Whatever is longer is no reference.
  if (text.length > 4096 || !/\$|\{\{|<</.test(text)) return [];
  const found = text.matchAll(
    /\$?\{\{([^{}]*)\}\}|\$\(([^()]*)\)|\$\{([^{}]*)\}|<<([^<>]*)>>|\$\[([^\n]*)\]|\$([A-Za-z_]\w*)/g,
  );
  return [...found]
    .map(([, ...names]) => names.find((part) => part !== undefined)?.trim() ?? '')
    .filter((name) => name !== '');
}

function definitionOf(span: Span | undefined): Pick<ImageMention, 'definition'> {
  return span === undefined ? {} : { definition: { start: span.start, end: span.end } };
}

const noVariables: Variables = () => undefined;

import type { ImageMention } from '../../api.ts';
import { type Instruction, readInstructions, type Word } from './dockerfileInstructions.ts';
import { type Dialect, expandVariables, type Variables } from './expandVariables.ts';
import { type MentionExtras, mentionAt, type PlacedText } from './mention.ts';

/*
 * What BuildKit's parser reads (docs.docker.com/reference/dockerfile): `# syntax=`, `FROM`, `COPY --from`, `RUN --mount`,
 * and these after `ONBUILD`. It has a reader of its own because each place must be exact and a file of five megabytes be read
 * in a moment, half-typed as it may be.
 */

/** The images that a Dockerfile names. Stages, their numbers and `scratch` are left out. */
export function findDockerfileMentions(text: string): readonly ImageMention[] {
  const { directives, escape: escaping, instructions } = readInstructions(text);
  return new DockerfileReader(text, { escape: escaping, hasQuotes: true }, stageNames(instructions)).read(
    directives.find(({ name }) => name === 'syntax')?.value,
    instructions,
  );
}

class DockerfileReader {
  readonly #text: string;
  readonly #dialect: Dialect & { readonly escape: '\\' | '`' };
  /** Of the whole file: BuildKit looks a `--from` up in all of them, and a `FROM` in those above it. */
  readonly #allStages: ReadonlySet<string>;
  readonly #stages = new Set<string>();
  readonly #arguments = new Map<string, PlacedText>();
  readonly #mentions: ImageMention[] = [];

  constructor(text: string, dialect: Dialect & { readonly escape: '\\' | '`' }, allStages: ReadonlySet<string>) {
    this.#text = text;
    this.#dialect = dialect;
    this.#allStages = allStages;
  }

  read(syntax: Word | undefined, instructions: readonly Instruction[]): readonly ImageMention[] {
    const [image = ''] = syntax?.value.split(/\s/) ?? [];
    if (syntax !== undefined) this.#add('syntax', { ...syntax, value: image, end: syntax.start + image.length });
    let isBeforeFrom = true;
    for (const instruction of instructions) {
      if (instruction.keyword === 'FROM') {
        isBeforeFrom = false;
        this.#readFrom(instruction);
      } else if (instruction.keyword === 'ARG' && isBeforeFrom) this.#readArguments(instruction);
      else this.#readSources(instruction);
    }
    return this.#mentions;
  }

  #readFrom({ rest }: Instruction): void {
    const words = this.#words(rest, false);
    const flags = leadingFlags(words);
    const [image, as, stage] = words.slice(flags.length);
    if (image === undefined) return;
    const name = this.#expand(image.value).toLowerCase();
    if (!this.#stages.has(name)) {
      const platform = flags.find(({ value }) => value.startsWith('--platform='))?.value.slice('--platform='.length);
      this.#add('from', image, platform === undefined ? {} : this.#platform(platform));
    }
    if (as?.value.toLowerCase() === 'as' && stage !== undefined) this.#stages.add(stage.value.toLowerCase());
  }

  /** BUILDPLATFORM and its like are known only when it is built. */
  #platform(written: string): MentionExtras {
    const { text, unresolved } = expandVariables(written, this.#variables, this.#dialect);
    return text === '' || unresolved.length > 0 ? {} : { platform: text };
  }

  #readArguments({ rest }: Instruction): void {
    for (const word of this.#words(rest, true)) {
      const equals = word.value.indexOf('=');
      if (equals <= 0) continue;
      // A default may name arguments above it.
      const value = this.#expand(word.value.slice(equals + 1));
      const place = this.#part(word, equals + 1, word.value.length);
      this.#arguments.set(word.value.slice(0, equals), { ...place, value });
    }
  }

  #readSources({ keyword, rest }: Instruction): void {
    if (keyword === 'ONBUILD') {
      const inner = rest.instruction();
      if (inner.keyword !== 'ONBUILD') this.#readSources(inner);
    } else if (keyword === 'COPY') {
      for (const flag of leadingFlags(this.#words(rest, true))) {
        if (!flag.value.startsWith('--from=')) continue;
        this.#addSource('copy-from', this.#part(flag, '--from='.length, flag.value.length));
      }
    } else if (keyword === 'RUN') {
      for (const flag of leadingFlags(this.#words(rest, true))) {
        const source = mountSource(flag.value);
        if (source !== undefined) this.#addSource('mount-from', this.#part(flag, source.start, source.end));
      }
    }
  }

  #addSource(kind: 'copy-from' | 'mount-from', place: PlacedText): void {
    if (/^\d+$/.test(place.value) || this.#allStages.has(place.value.toLowerCase())) return;
    this.#add(kind, place);
  }

  #add(kind: ImageMention['kind'], place: PlacedText, extras?: MentionExtras): void {
    // BuildKit expands variables in FROM only, and refuses them elsewhere.
    const isFrom = kind === 'from';
    const dialect = isFrom ? { dialect: this.#dialect, variables: this.#variables, definitions: this.#arguments } : {};
    const mention = mentionAt({ text: this.#text, kind, ...dialect }, place, extras);
    if (mention !== undefined) this.#mentions.push(mention);
  }

  /** What stands between two offsets of a word, without the quotes around it. */
  #part(word: Word, start: number, end: number): PlacedText {
    const isQuoted =
      end - start > 1 && /^["']/.test(word.value.slice(start)) && word.value[end - 1] === word.value[start];
    const offset = isQuoted ? start + 1 : start;
    const value = word.value.slice(offset, isQuoted ? end - 1 : end);
    const raw = this.#text.slice(word.start, word.end);
    // A word over two lines is longer in the file.
    const place = raw === word.value ? offset : raw.indexOf(value, offset);
    return place < 0
      ? { ...word, value }
      : { value, start: word.start + place, end: word.start + place + value.length };
  }

  #words(rest: Instruction['rest'], keepsQuoted: boolean): readonly Word[] {
    return rest.words({ escape: this.#dialect.escape, keepsQuoted });
  }

  #expand(word: string): string {
    return expandVariables(word, this.#variables, this.#dialect).text;
  }

  readonly #variables: Variables = (name) => this.#arguments.get(name)?.value;
}

function stageNames(instructions: readonly Instruction[]): ReadonlySet<string> {
  return new Set(stages(instructions).map(({ value }) => value.toLowerCase()));
}

/** The names of the stages that stand before a place, as they are written. */
export function stagesAbove(text: string, offset: number): readonly string[] {
  const above = stages(readInstructions(text).instructions).filter(({ end }) => end < offset);
  return [...new Set(above.map(({ value }) => value))];
}

function stages(instructions: readonly Instruction[]): readonly Word[] {
  return instructions.flatMap(({ keyword, rest }) => {
    if (keyword !== 'FROM') return [];
    const words = rest.words({ escape: '', keepsQuoted: false });
    const [, as, stage] = words.slice(leadingFlags(words).length);
    return as?.value.toLowerCase() === 'as' && stage !== undefined ? [stage] : [];
  });
}

function leadingFlags(words: readonly Word[]): readonly Word[] {
  const end = words.findIndex(({ value }) => !value.startsWith('--'));
  return end < 0 ? words : words.slice(0, end);
}

/** Where the `from` of a `--mount` stands, whose fields are written as CSV. Secrets and SSH agents come from no image. */
function mountSource(flag: string): { readonly start: number; readonly end: number } | undefined {
  if (!flag.startsWith('--mount=')) return undefined;
  let source: { readonly start: number; readonly end: number } | undefined;
  for (const { 0: field, index } of flag.slice('--mount='.length).matchAll(/[^,"']+/g)) {
    const key = field.slice(0, Math.max(0, field.indexOf('='))).toLowerCase();
    const value = field.slice(field.indexOf('=') + 1);
    if (key === 'type' && (value === 'secret' || value === 'ssh')) return undefined;
    const end = '--mount='.length + index + field.length;
    if (key === 'from') source = { start: end - value.length, end };
  }
  return source;
}

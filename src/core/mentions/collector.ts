import type { ImageMention } from '../../api.ts';
import { looksLikeImage } from './looks.ts';
import { type MentionExtras, mentionAt, type Reading, referenceOf } from './mention.ts';
import { type Node, partOf, type TextNode, textOf } from './tree.ts';

/** Takes what the reader of a kind of file finds, in any order. */
export class Collector {
  readonly #reading: Reading;
  readonly #mentions: ImageMention[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get text(): string {
    return this.#reading.text;
  }

  /** The same place to put mentions into, with other variables. */
  with(reading: Partial<Reading>): Collector {
    return new NestedCollector({ ...this.#reading, ...reading }, this);
  }

  /** A text that is an image by its place. */
  image(node: Node | undefined, extras?: MentionExtras): void {
    const text = textOf(node);
    if (text === undefined || text.value === '' || text.value.includes('\n')) return;
    const mention = mentionAt(this.#reading, trimmed(this.text, text), extras);
    if (mention !== undefined) this.add(mention);
  }

  /** A text that may be an image, by its look. */
  likelyImage(node: Node | undefined, extras?: MentionExtras): void {
    const text = textOf(node);
    if (text !== undefined && looksLikeImage(text.value)) this.image(text, extras);
  }

  /** What follows a prefix as `docker://`, where it is there. */
  prefixedImage(node: Node | undefined, prefix: string): void {
    const text = textOf(node);
    if (text?.value.startsWith(prefix)) this.image(partOf(this.text, text, prefix.length));
  }

  /** The field of `type=registry,ref=IMAGE`; or the whole, where it has no fields. */
  fieldImage(node: Node | undefined, field: string, extras?: MentionExtras): void {
    const text = textOf(node);
    if (text === undefined) return;
    if (!text.value.includes('=')) {
      this.likelyImage(text, extras);
      return;
    }
    const found = new RegExp(`(?:^|,)"?${field}=([^,"]+)`).exec(text.value);
    if (found?.[1] === undefined) return;
    const start = found.index + found[0].length - found[1].length;
    this.image(partOf(this.text, text, start, start + found[1].length), extras);
  }

  /**
   * An image whose parts have keys of their own. Its place is that of its repository, and its definition what decides the version:
   * the digest, or else the tag.
   */
  parts(parts: { repository: TextNode; registry?: TextNode; tag?: TextNode; digest?: TextNode }): void {
    const { repository, registry, tag, digest } = parts;
    const nodes = [repository, registry, tag, digest].filter((node) => node !== undefined && node.value !== '');
    const host = filled(registry) === undefined ? '' : `${registry?.value.replace(/\/+$/, '')}/`;
    const version = filled(digest) ?? filled(tag);
    const whole = `${host}${repository.value}${suffix(':', tag)}${suffix('@', digest)}`;
    const hasTemplate = nodes.some((node) => node !== undefined && /\{\{|\$/.test(node.value));
    const { start, end } = repository;
    if (start === end) return;
    if (hasTemplate) {
      const mention = mentionAt(this.#reading, { ...repository, value: whole });
      if (mention !== undefined) this.add(mention);
      return;
    }
    const definition = version === undefined ? {} : { definition: { start: version.start, end: version.end } };
    this.add({
      start,
      end,
      raw: this.text.slice(start, end),
      kind: this.#reading.kind,
      ...definition,
      ...referenceOf(whole),
    });
  }

  add(mention: ImageMention): void {
    this.#mentions.push(mention);
  }

  /** In the order of their places, each place once. */
  mentions(): readonly ImageMention[] {
    const sorted = this.#mentions.toSorted((a, b) => a.start - b.start || a.end - b.end);
    let end = -1;
    return sorted.filter((mention) => {
      const isNew = mention.start >= end;
      if (isNew) end = mention.end;
      return isNew;
    });
  }
}

class NestedCollector extends Collector {
  readonly #outer: Collector;

  constructor(reading: Reading, outer: Collector) {
    super(reading);
    this.#outer = outer;
  }

  override add(mention: ImageMention): void {
    this.#outer.add(mention);
  }
}

function trimmed(source: string, node: TextNode): TextNode {
  const value = node.value.trim();
  return value === node.value
    ? node
    : partOf(source, { ...node }, node.value.indexOf(value), node.value.trimEnd().length);
}

function filled(node: TextNode | undefined): TextNode | undefined {
  return node === undefined || node.value === '' ? undefined : node;
}

function suffix(separator: string, node: TextNode | undefined): string {
  const value = filled(node)?.value;
  return value === undefined ? '' : `${separator}${value}`;
}

import type { Entry, MapNode, Node, TextNode } from './tree.ts';

/** Sections in one another. */
const maxSections = 16;

/**
 * Files of lines `key = value` below `[section]`: systemd's and TOML's simple lines. A section is a map; `[[a.b]]` and `[a.b]` are
 * maps in one another. Lists and tables of TOML in one line are left out.
 */
export function readIni(text: string): readonly Node[] {
  const root: Entry[] = [];
  let section = root;
  for (const { line, start } of linesOf(text)) {
    const header = /^\s*\[\[?([^[\]]+)\]\]?\s*(?:[#;].*)?$/.exec(line);
    if (header !== null) {
      section = [];
      root.push(nested((header[1] ?? '').split('.', maxSections), { kind: 'map', entries: section }));
      continue;
    }
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(0, equals)).trim();
    if (key === '' || /^[#;]/.test(key)) continue;
    const value = lineValue(line, equals + 1, start);
    if (value !== undefined) section.push({ key: unquote(key), value });
  }
  return [{ kind: 'map', entries: root }];
}

function nested([name = '', ...more]: readonly string[], map: MapNode): Entry {
  const key = unquote(name.trim());
  return { key, value: more.length === 0 ? map : { kind: 'map', entries: [nested(more, map)] } };
}

function lineValue(line: string, offset: number, start: number): TextNode | undefined {
  const written = line.slice(offset);
  const blanks = written.length - written.trimStart().length;
  const quote = written.charAt(blanks);
  if (quote === '"' || quote === "'") {
    const from = offset + blanks + 1;
    const closing = line.indexOf(quote, from);
    const to = closing < 0 ? line.trimEnd().length : closing;
    return { kind: 'text', value: line.slice(from, to), start: start + from, end: start + Math.max(from, to) };
  }
  const value = written.trim();
  if (value === '' || value.startsWith('[') || value.startsWith('{')) return undefined;
  const from = start + offset + blanks;
  return { kind: 'text', value, start: from, end: from + value.length };
}

function unquote(key: string): string {
  return key.replace(/^(["'])(.*)\1$/, '$2');
}

function* linesOf(text: string): Generator<{ readonly line: string; readonly start: number }> {
  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield { line: text.slice(start, end), start };
    start = end + 1;
  }
}

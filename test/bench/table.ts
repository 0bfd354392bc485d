import type { BenchLine, Peer } from './line.ts';

const headings = ['', 'what', 'Gantry', 'beside it', 'ratio', 'target', 'met'];

/** The lines of all metrics, as a table for a terminal: a further peer takes a line of its own. */
export function formatTable(lines: readonly BenchLine[]): string {
  const rows = [headings, ...lines.flatMap(cells)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const ruler = widths.map((width) => '─'.repeat(width));
  return [headings, ruler, ...rows.slice(1)]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells({ row, what, gantry, peers, target }: BenchLine): readonly string[][] {
  const [first, ...others] = peers;
  const isMet = target === undefined ? '' : target.isMet ? 'yes' : 'NO';
  return [
    [row, what, gantry.text, ...peerCells(first, gantry.value), target?.text ?? '', isMet],
    ...others.map((peer) => ['', '', '', ...peerCells(peer, gantry.value), '', '']),
  ];
}

function peerCells(peer: Peer | undefined, gantry: number): [string, string] {
  if (peer === undefined) return ['', ''];
  const { name, figure } = peer;
  if (typeof figure === 'string') return [`${name}: ${figure}`, ''];
  return [
    `${name} ${figure.text}`,
    Number((gantry / figure.value).toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 5 }),
  ];
}

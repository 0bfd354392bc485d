import type { Figure } from './line.ts';

/** Milliseconds, by their median. */
export function timeFigure(samples: readonly number[]): Figure {
  const value = median(samples);
  const range = `${format(Math.min(...samples))}–${format(Math.max(...samples))}`;
  return { value, text: `${format(value)} ms (${range})`, samples };
}

export function countFigure(value: number, note?: string): Figure {
  const text = value.toLocaleString('en');
  return { value, text: note === undefined ? text : `${text} (${note})`, samples: [value] };
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

function format(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 100 ? 1 : 0);
}

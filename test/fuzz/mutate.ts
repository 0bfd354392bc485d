import type { Target } from './targets.ts';

/** Numbers from 0 to 1 that a seed fixes (mulberry32), so that what was found can be found again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Characters that parsers fall over: controls, the ends of UTF-16, marks of direction, look-alikes, a lone surrogate. */
const odd = [
  '\0',
  '\n',
  '\r',
  '\x1b',
  '\x7f',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\uffff',
  '\ud800',
  '🐋',
];

const longest = 2000;

/** A text for a target: one of its examples, or nothing, changed in some places. */
export function mutate({ examples, pieces }: Pick<Target, 'examples' | 'pieces'>, random: () => number): string {
  const below = (count: number): number => Math.floor(random() * count);
  const any = (texts: readonly string[]): string => texts[below(texts.length)] ?? '';
  let text = random() < 0.2 ? '' : any(examples);
  for (let changes = 1 + below(8); changes > 0; changes--) {
    const at = below(text.length + 1);
    const end = Math.min(text.length, at + below(12));
    const kept = text.slice(0, at);
    switch (below(7)) {
      case 0:
        text = kept + text.slice(end);
        break;
      case 1:
        text = kept + any(pieces) + text.slice(at);
        break;
      case 2:
        text = kept + any(odd) + text.slice(at);
        break;
      case 3:
        text = kept + String.fromCharCode(below(random() < 0.8 ? 256 : 65_536)) + text.slice(at + 1);
        break;
      case 4:
        text = kept + text.slice(at, end).repeat(1 + below(20)) + text.slice(end);
        break;
      case 5:
        text = kept + any(examples).slice(below(40));
        break;
      default:
        text = kept + (any(pieces) + any(pieces)).repeat(1 + below(10)) + text.slice(at);
    }
  }
  return text.slice(0, longest);
}

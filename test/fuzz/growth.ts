import type { Target } from './targets.ts';

/** Characters: more than a server may send of most of these. What grows with the square takes seconds for as many. */
const usualSize = 64 * 1024;
/** Characters of a file that is larger than any that people write. */
const largeSize = 5 * 1024 * 1024;
/** Texts that take long are compared with others of so many times their length. */
const factor = 8;
/** Milliseconds below which nothing has grown that could matter, and the machine says more than the parser. */
const noise = 30;
/** Milliseconds after which nothing needs to be compared any more. */
const hopeless = 1000;
/** Texts that are compared, of those that take longest: the readers of YAML are slow on hundreds of them, in the same way. */
const mostCompared = 24;
/** They may take so many times as long: 8 times for linear time, 64 times for quadratic. */
const bound = 24;

export interface Growth {
  readonly summary: string;
  /** What grows faster than the text. */
  readonly problem: string | undefined;
}

/** Times a parser on texts of one or two pieces over and over, and where that takes long on longer ones. */
export async function measureGrowth(target: Target): Promise<Growth> {
  let slowest = 0;
  let worst = 0;
  let problem: string | undefined;
  let texts = 0;
  const slow: { readonly time: number; readonly name: string; readonly make: (size: number) => string }[] = [];
  const size = target.longText ?? usualSize;
  for (const [before, after] of target.frames) {
    for (const first of target.pieces) {
      for (const second of ['', ...target.pieces]) {
        const piece = first + second;
        const make = (size: number): string => before + piece.repeat(Math.ceil(size / piece.length)) + after;
        texts++;
        const time = await timeOf(target, make(size));
        slowest = Math.max(slowest, time);
        const name = `${JSON.stringify(before)} + ${JSON.stringify(piece)} …`;
        if (time > hopeless) problem = ` TOO SLOW: ${name}: ${time.toFixed(0)} ms`;
        else if (time >= noise) slow.push({ time, name, make });
      }
    }
  }
  for (const { name, make } of slow.toSorted((a, b) => b.time - a.time).slice(0, mostCompared)) {
    // The best of several, since the machine does other things too.
    const short = await bestOf(target, make(size));
    const ratio = (await bestOf(target, make(size * factor))) / short;
    worst = Math.max(worst, ratio);
    if (ratio > bound) problem = ` NOT LINEAR: ${name}: ×${ratio.toFixed(1)}`;
  }
  const large = target.ordinary === undefined ? undefined : await measureLarge(target, target.ordinary);
  if (large !== undefined && large > bound) problem = ` NOT LINEAR up to 5 MiB: ×${large.toFixed(1)}`;
  const grows =
    worst === 0 ? 'none slow enough to compare' : `at most ×${worst.toFixed(1)} for ${factor} times the length`;
  return {
    summary: `${texts} long texts, ${slowest.toFixed(1)} ms for ${size / 1024} KiB at most, ${grows}${large === undefined ? '' : `, ×${large.toFixed(1)} for 5 MiB`}`,
    problem,
  };
}

/** By how much the time grows from an eighth of a large text to the whole. */
async function measureLarge(target: Target, [before, piece]: NonNullable<Target['ordinary']>): Promise<number> {
  const make = (size: number): string => before + piece.repeat(Math.ceil(size / piece.length));
  const short = await bestOf(target, make(largeSize / factor));
  return (await timeOf(target, make(largeSize))) / short;
}

async function bestOf(target: Target, text: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 5; count++) best = Math.min(best, await timeOf(target, text));
  return Math.max(best, 1);
}

/** Milliseconds of the processor, which others that run on the machine do not lengthen. */
async function timeOf(target: Target, text: string): Promise<number> {
  const before = process.cpuUsage();
  await target.parse(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** One line of the table. Everything in it was measured in this run. */
export interface BenchLine {
  /** As the list of metrics numbers it: `P1`. */
  readonly row: string;
  readonly what: string;
  readonly gantry: Figure;
  readonly peers: readonly Peer[];
  /** Absent where no target was set. */
  readonly target?: { readonly text: string; readonly isMet: boolean };
}

export interface Figure {
  /** What ratios are made of: a count, or the median of milliseconds. */
  readonly value: number;
  /** For people. */
  readonly text: string;
  /** All that was measured. */
  readonly samples: readonly number[];
}

export interface Peer {
  readonly name: string;
  /** A sentence where it could not be measured. */
  readonly figure: Figure | string;
}

export interface BenchOptions {
  /** Fewer runs. */
  readonly isQuick: boolean;
}

/** One metric, with the lines that it brings to the table. */
export interface BenchRow {
  readonly row: string;
  readonly title: string;
  /** How it is measured, for whoever reads the table. */
  readonly note: string;
  measure(options: BenchOptions): Promise<readonly BenchLine[]>;
}

export function atMost({ value }: Figure, limit: number, unit = ''): NonNullable<BenchLine['target']> {
  return { text: `≤ ${limit.toLocaleString('en')}${unit}`, isMet: value <= limit };
}

/** A target for Gantry's share of what a peer takes. */
export function atMostOf(
  figure: Figure,
  peer: { readonly name: string; readonly figure: Figure },
  share: number,
): NonNullable<BenchLine['target']> {
  return { text: `≤ ${share} × ${peer.name}`, isMet: figure.value <= share * peer.figure.value };
}

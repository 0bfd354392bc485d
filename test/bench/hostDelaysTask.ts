/** The environment variable with a {@link HostDelaysTask} as JSON. */
export const taskVariable = 'GANTRY_HOST_DELAYS_BENCH';

export interface HostDelaysTask {
  readonly turns: readonly Turn[];
  /** Gets a {@link HostDelaysResult} as JSON. */
  readonly resultFile: string;
}

/** References of what was never opened. */
export interface Turn {
  /** A repository with very many tags. */
  readonly manyTags: string;
  /** An image with a large layer. */
  readonly largeLayer: string;
}

export interface HostDelaysResult {
  /** Where nothing happens. */
  readonly idle: Delays;
  /** One for each turn. */
  readonly tags: readonly Delays[];
  readonly layers: readonly Delays[];
}

/** Of the event loop, in milliseconds. */
export interface Delays {
  readonly p99: number;
  readonly worst: number;
}

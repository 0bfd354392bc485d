/** The environment variable with the path of the {@link ActivationTask}. */
export const taskVariable = 'GANTRY_ACTIVATION_BENCH';

export interface ActivationTask {
  /** Opens a socket and starts a process: shows that these would be seen. */
  readonly control: string;
  /** Ids of the extensions to measure, in this order. */
  readonly extensions: readonly string[];
  /** Gets an {@link ActivationResult} as JSON. */
  readonly resultFile: string;
}

export interface ActivationResult {
  readonly controlEffects: readonly string[];
  readonly activations: readonly Activation[];
}

export interface Activation {
  readonly id: string;
  readonly milliseconds: number;
  /** Of the JavaScript that it loaded. */
  readonly bytes: number;
  readonly effects: readonly string[];
}

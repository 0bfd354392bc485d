/**
 * Reads an image's config (OCI image-spec, config.md). It is whatever somebody pushed: a field of the wrong type is
 * taken for absent, an entry of the wrong type is shown as the JSON that it is, and keys are only ever read.
 */

export type Pair = readonly [name: string, value: string];

export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal?: string;
  /** The command that tells whether a container is well, in Docker's exec form. */
  readonly healthCheck: readonly string[];
  readonly environment: readonly Pair[];
  readonly labels: readonly Pair[];
}

export function readImageConfig(config: unknown): ImageConfig {
  const run = record(field(config, 'config'));
  const workingDirectory = text(field(run, 'WorkingDir'));
  const user = text(field(run, 'User'));
  const stopSignal = text(field(run, 'StopSignal'));
  return {
    entrypoint: words(field(run, 'Entrypoint')),
    command: words(field(run, 'Cmd')),
    ...(workingDirectory !== undefined && { workingDirectory }),
    ...(user !== undefined && { user }),
    ports: Object.keys(record(field(run, 'ExposedPorts'))),
    volumes: Object.keys(record(field(run, 'Volumes'))),
    ...(stopSignal !== undefined && { stopSignal }),
    healthCheck: words(field(field(run, 'Healthcheck'), 'Test')),
    environment: words(field(run, 'Env')).map(splitVariable),
    labels: pairs(field(run, 'Labels')),
  };
}

/** The entries of an object, values that are no text as JSON. Empty for anything else. */
export function pairs(value: unknown): Pair[] {
  return Object.entries(record(value)).map(([name, value]) => [name, plain(value)]);
}

/** Docker's exec form, in which the border between two words cannot be mistaken. */
export function execForm(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

function splitVariable(variable: string): Pair {
  const equals = variable.indexOf('=');
  return equals === -1 ? [variable, ''] : [variable.slice(0, equals), variable.slice(equals + 1)];
}

/** Old builders wrote a lone string where a list belongs. */
function words(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.map(plain) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function field(value: unknown, name: string): unknown {
  const object = record(value);
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** What the runner tells the suite inside the extension host. */
export interface HostEnvironment {
  /** Where the counts go, as JSON. */
  readonly resultFile: string;
  readonly grep?: string;
  /** A sample registry, seeded, open to everybody, and a connection of the workbench. */
  readonly registry: { readonly url: string; readonly host: string };
  /** A registry that the sample extension of test/fixtures brings the adapter for. */
  readonly shelf: { readonly url: string; readonly host: string };
}

/** The one environment variable that reaches the extension host with every launcher. */
export const hostEnvironmentVariable = 'GANTRY_HOST_TESTS';

export function hostEnvironment(): HostEnvironment {
  const value = process.env[hostEnvironmentVariable];
  if (value === undefined)
    throw new Error(`${hostEnvironmentVariable} is not set: start this suite by npm run test:host`);
  return JSON.parse(value) as HostEnvironment;
}

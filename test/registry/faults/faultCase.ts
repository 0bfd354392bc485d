import type { GantryErrorCode } from '../../../src/api.ts';
import type { FaultPlan } from '../../support/sampleRegistry/faults.ts';
import type { SampleRegistryOptions } from '../../support/sampleRegistry.ts';
import type { World } from './world.ts';

/** One fault, as data: what the servers do, what Gantry is asked for, and what has to come of it. */
export interface FaultCase {
  /** Number in the catalogue, and of the variant. */
  readonly id: string;
  /** What the server does. */
  readonly server: string;
  /** What Gantry has to do, in words. */
  readonly expected: string;
  /** Whether the deadlines of the network are a second or so. */
  readonly hasShortDeadlines?: boolean;
  /** The login is Basic unless told; `false` for none. */
  readonly auth?: NonNullable<SampleRegistryOptions['auth']>['scheme'] | false;
  readonly registry?: Omit<SampleRegistryOptions, 'auth' | 'fault'>;
  /** Called when the connection stands. */
  readonly fault?: (world: World) => FaultPlan;
  /** Of the server at another origin, which has no login. */
  readonly elsewhereFault?: (world: World) => FaultPlan;
  /** What is asked for: the tags of `shop/web` unless told. */
  readonly act?: (world: World) => Promise<unknown>;
  readonly outcome: ExpectedValue | ExpectedError;
  /** Requests that reach the registry, those to its token server included: exactly, or at least and at most. */
  readonly requests: number | readonly [number, number];
  /** Requests that reach the other origin. None unless told. */
  readonly elsewhere?: number | readonly [number, number];
  /** Seconds that are waited, at least and at most. None unless told. */
  readonly waits?: readonly [number, number];
  /** Whether Basic credentials may reach the token server at another origin. */
  readonly isRealmTrusted?: boolean;
}

export interface ExpectedValue {
  readonly value: unknown;
}

export interface ExpectedError {
  readonly error: GantryErrorCode;
  /** What the message has to say besides the host and a next step. */
  readonly says: RegExp;
  /** Another host than the registry's own. */
  readonly host?: (world: World) => string;
}

/** The tags of the repository that every case starts with. */
export const webTags: ExpectedValue = { value: ['1.0', 'latest'] };

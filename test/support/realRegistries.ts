import type { Context } from 'mocha';
import { distributionProgram, startDistribution, startDistribution3 } from './distribution.ts';
import { distribution3, needsGoProgram, zot } from './goPrograms.ts';
import { needsPrograms } from './programs.ts';
import type { RealRegistry, RealRegistryOptions } from './realRegistry.ts';
import { startZot } from './zot.ts';

/** A registry program of others, and what it can do. */
export interface RealRegistryKind {
  readonly name: string;
  readonly deletesTags: boolean;
  /** Whether it has the referrers API. */
  readonly listsReferrers: boolean;
  readonly start: (options?: RealRegistryOptions) => Promise<RealRegistry>;
  /** Skips the test where this machine cannot run it. */
  readonly needs: (test: Context) => void;
}

export const realRegistryKinds: readonly RealRegistryKind[] = [
  {
    name: 'Distribution 2.8',
    deletesTags: false,
    listsReferrers: false,
    start: startDistribution,
    needs: (test) => needsPrograms(test, distributionProgram),
  },
  {
    name: 'Distribution 3',
    deletesTags: true,
    listsReferrers: false,
    start: startDistribution3,
    needs: (test) => needsGoProgram(test, distribution3),
  },
  {
    name: 'zot',
    deletesTags: true,
    listsReferrers: true,
    start: startZot,
    needs: (test) => needsGoProgram(test, zot),
  },
];

import { connectionCases, contentCases } from './cases/blobs.ts';
import { jsonCases, pageCases, pageForPeopleCases } from './cases/lists.ts';
import { realmCases, redirectCases, tokenCases } from './cases/logins.ts';
import { deletionCases, manifestCases } from './cases/manifests.ts';
import { endingCases, networkCases, secretCases, timeCases } from './cases/network.ts';
import { uploadCases } from './cases/uploads.ts';
import { waitingCases } from './cases/waiting.ts';
import type { FaultCase } from './faultCase.ts';

/** The catalogue, in its order. */
export const faultCases: readonly FaultCase[] = [
  ...waitingCases,
  ...connectionCases,
  ...tokenCases,
  ...contentCases,
  ...timeCases,
  ...redirectCases,
  ...realmCases,
  ...pageCases,
  ...jsonCases,
  ...pageForPeopleCases,
  ...manifestCases,
  ...uploadCases,
  ...deletionCases,
  ...networkCases,
  ...endingCases,
  ...secretCases,
];

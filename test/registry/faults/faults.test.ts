import { faultCases } from './cases.ts';
import { runCase } from './runCase.ts';

describe('faults', () => {
  for (const fault of faultCases) {
    it(`${fault.id}: ${fault.server} → ${fault.expected}`, () => runCase(fault));
  }
});

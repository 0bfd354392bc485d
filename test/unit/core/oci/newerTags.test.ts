import assert from 'node:assert/strict';
import { type NewerTags, newerTags } from '../../../../src/core/oci/newerTags.ts';

describe('newerTags', () => {
  const names = [
    'latest',
    'alpine',
    '1.27.0',
    '1.27.3',
    '1.27.10',
    '1.28.0',
    '1.28.1-rc1',
    '2.0.0',
    '2.1.0-rc.1',
    '1.27',
    '1.28',
    '2.0',
    '1',
    '2',
    '1.27.4-alpine',
    '1.28-alpine3.20',
    '1.28-alpine3.21',
    '2-alpine',
    'v1.27.9',
    'v1.30.0',
    '20250601',
    '20250701',
    'stable-20250101',
    'stable-20250201',
    '5f2a9c1d',
  ];
  const cases: readonly (readonly [tag: string, newer: NewerTags])[] = [
    ['1.27.0', { patch: '1.27.10', minor: '1.28.0', major: '2.0.0' }],
    ['1.27.10', { minor: '1.28.0', major: '2.0.0' }],
    ['1.27', { minor: '1.28', major: '2.0' }],
    ['1', { major: '2' }],
    ['2', {}],
    ['1.27.3-alpine', { patch: '1.27.4-alpine' }],
    ['1.27-alpine3.20', { minor: '1.28-alpine3.21' }],
    ['v1.27.0', { patch: 'v1.27.9', minor: 'v1.30.0' }],
    ['20250601', { major: '20250701' }],
    ['stable-20250101', { major: 'stable-20250201' }],
    ['latest', {}],
    ['alpine', {}],
    ['3.0.0', {}],
    ['5f2a9c1d', {}],
    ['2.0.0-rc.1', { minor: '2.1.0-rc.1' }],
  ];
  for (const [tag, newer] of cases) {
    const found = Object.values(newer).join(', ');
    it(`finds ${found === '' ? 'nothing' : found} after ${tag}`, () => {
      assert.deepEqual(newerTags(tag, names), newer);
    });
  }
});

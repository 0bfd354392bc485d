import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type NewerTags, newerTags, type UpdateStep, updateSteps } from '../../../../src/core/oci/newerTags.ts';
import { compareTags, parseTag } from '../../../../src/core/oci/versionOrder.ts';

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

  it('finds what a look at each tag finds', () => {
    const number = fc.integer({ min: 0, max: 12 }).map(String);
    const tag = fc
      .tuple(
        fc.constantFrom('', 'v', 'stable-'),
        fc.array(number, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '-alpine', '-alpine3.20', '-alpine3.9', '-rc1', '-rc.2', '-rc1-alpine', '_build7'),
      )
      .map(([prefix, numbers, variant]) => `${prefix}${numbers.join('.')}${variant}`);
    const any = fc.oneof(
      { weight: 8, arbitrary: tag },
      fc.constantFrom('latest', '5f2a9c1d', '20250601', '2025-06-01'),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), any, (tags, current) => {
        assert.deepEqual({ ...newerTags(current, tags) }, newerByLooking(current, tags));
      }),
    );
  });
});

function newerByLooking(current: string, tags: readonly string[]): NewerTags {
  const mine = read(current);
  const newer = tags.flatMap((name) => {
    const other = read(name);
    if (mine === undefined || other?.line !== mine.line || other.rank !== mine.rank) return [];
    if (other.isCandidate && !mine.isCandidate) return [];
    const index = mine.numbers.findIndex((value, place) => value !== other.numbers[place]);
    const isNewer = index >= 0 && (other.numbers[index] ?? 0) > (mine.numbers[index] ?? 0);
    return isNewer ? [{ ...other, step: updateSteps[2 - Math.min(index, 2)] as UpdateStep }] : [];
  });
  newer.sort((a, b) => compareAll(b.numbers, a.numbers) || compareTags(a.name, b.name));
  const found = updateSteps.flatMap((step) => {
    const best = newer.find((tag) => tag.step === step);
    return best === undefined ? [] : [[step, best.name]];
  });
  return Object.fromEntries(found);
}

function read(name: string) {
  const [, prefix, written, variant = ''] = /^(\D*)(\d+(?:\.\d+)*)(.*)$/.exec(name) ?? [];
  if (written === undefined) return undefined;
  const { rank, isCandidate } = parseTag(name);
  const numbers = written.split('.').map(Number);
  const line = [prefix, numbers.length, ...variant.split(/\d+/)].join('|');
  return { name, numbers, line, rank, isCandidate };
}

function compareAll(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

import assert from 'node:assert/strict';
import { createFormats, readImageDate } from '../../../src/webview/ui/format.ts';

const english = createFormats('en');

describe('sizes', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [512, '512 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1045, '1.05 kB'],
    [29_126_484, '29.1 MB'],
    [999_400, '999 kB'],
    [999_600, '1 MB'],
    [4_000_000_000, '4 GB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
    [-5, '0 bytes'],
    [Number.NaN, '0 bytes'],
  ];
  for (const [bytes, text] of cases) {
    it(`writes ${bytes} as ${text}`, () => assert.equal(english.size(bytes), text));
  }

  it('writes all digits where asked to', () => {
    assert.equal(english.exactSize(29_126_484), '29,126,484 bytes');
  });

  it('follows the language', () => {
    assert.equal(createFormats('de').size(29_126_484), '29,1 MB');
  });

  it('takes a language that it does not know, or that is none', () => {
    assert.equal(createFormats('qps-ploc').size(1000), '1 kB');
    assert.equal(createFormats('not a language').size(1000), '1 kB');
  });
});

describe('shares', () => {
  it('are per cent with one digit after the point', () => {
    assert.equal(english.percent(0.5574), '55.7%');
    assert.equal(english.percent(1), '100%');
  });

  it('are nothing only when they are', () => {
    assert.equal(english.percent(0), '0%');
    assert.equal(english.percent(0.000001), '<0.1%');
  });
});

describe('relative dates', () => {
  const now = new Date('2026-06-15T12:00:00Z');
  const cases: readonly (readonly [string, string])[] = [
    ['2026-06-15T12:00:00Z', 'now'],
    ['2026-06-15T11:59:20Z', '40 seconds ago'],
    ['2026-06-15T11:01:00Z', '59 minutes ago'],
    ['2026-06-15T00:00:00Z', '12 hours ago'],
    ['2026-06-14T11:00:00Z', '1 day ago'],
    ['2026-06-09T12:00:00Z', '6 days ago'],
    ['2026-05-30T12:00:00Z', '2 weeks ago'],
    ['2026-03-01T12:00:00Z', '3 months ago'],
    ['2024-07-15T12:00:00Z', '1 year ago'],
    ['2021-01-01T12:00:00Z', '5 years ago'],
    ['2026-06-18T12:00:00Z', 'in 3 days'],
  ];
  for (const [date, text] of cases) {
    it(`calls ${date} ${text}`, () => assert.equal(english.relativeTime(new Date(date), now), text));
  }
});

describe('the date of an image', () => {
  it('is what it says', () => {
    assert.equal(readImageDate('2026-06-15T12:00:00.123456789Z')?.getUTCFullYear(), 2026);
  });

  for (const placeholder of [
    undefined,
    '',
    'yesterday',
    '0001-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '1970-01-01T00:00:01Z',
    '1980-01-01T00:00:01Z',
  ]) {
    it(`is unknown for ${placeholder}`, () => assert.equal(readImageDate(placeholder), undefined));
  }
});

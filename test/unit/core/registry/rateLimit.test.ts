import assert from 'node:assert/strict';
import { formatSeconds, readRateLimit, retryAfterSeconds } from '../../../../src/core/registry/rateLimit.ts';

const date = 'Wed, 01 Oct 2025 12:00:00 GMT';
const time = Date.parse(date) / 1000;

describe('Pull limit', () => {
  it('is read from the headers of Docker Hub', () => {
    const limits = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' };
    const read = { limit: 100, remaining: 76, windowSeconds: 21_600 };
    assert.deepEqual(readRateLimit(headers(limits)), read);
    assert.deepEqual(readRateLimit(headers({ ...limits, 'docker-ratelimit-source': '192.0.2.7' })), {
      ...read,
      source: '192.0.2.7',
    });
    assert.deepEqual(readRateLimit(headers({ ...limits, 'docker-ratelimit-source': '<script>' })), read);
  });

  it('is unknown without a window or a rest', () => {
    const remaining = { 'ratelimit-remaining': '76;w=21600' };
    for (const limit of ['100', '', 'many;w=21600', '-1;w=2']) {
      assert.equal(readRateLimit(headers({ 'ratelimit-limit': limit, ...remaining })), undefined);
    }
    assert.equal(readRateLimit(headers({ 'ratelimit-limit': '100;w=21600' })), undefined);
  });
});

describe('Time until the next try', () => {
  const cases: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
    ['seconds', { 'retry-after': '42' }, 42],
    ['a date', { 'retry-after': 'Wed, 01 Oct 2025 12:01:30 GMT', date }, 90],
    ['a Unix time', { 'x-retry-after': String(time + 60), date }, 60],
    ['a Unix time in the common header', { 'retry-after': String(time + 60), date }, 60],
    ['the common header first', { 'retry-after': '5', 'x-retry-after': String(time + 60), date }, 5],
    ['nothing', {}, undefined],
    ['a time without the clock of the server', { 'x-retry-after': String(time + 60) }, undefined],
    ['a time that is over', { 'x-retry-after': String(time - 60), date }, undefined],
    ['a time in years', { 'x-retry-after': String(time + 1e9), date }, undefined],
    ['something else', { 'retry-after': 'soon', date }, undefined],
    ['a number without an end', { 'retry-after': '9'.repeat(1000), date }, Number.MAX_SAFE_INTEGER],
    ['a date without an end', { 'retry-after': 'Wed, 01 Oct 2025 12:01:30 GMT'.padEnd(1000), date }, undefined],
  ];
  for (const [what, values, seconds] of cases) {
    it(`is ${seconds ?? 'unknown'} from ${what}`, () => assert.equal(retryAfterSeconds(headers(values)), seconds));
  }
});

describe('Seconds in words', () => {
  it('have the unit that says them best', () => {
    const texts = [1, 59, 60, 90, 200, 3600, 5400, 21_600, 21_601].map(formatSeconds);
    assert.deepEqual(texts, [
      '1 second',
      '59 seconds',
      '1 minute',
      '90 seconds',
      '4 minutes',
      '1 hour',
      '90 minutes',
      '6 hours',
      '7 hours',
    ]);
  });
});

function headers(values: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => values[name];
}

import assert from 'node:assert/strict';
import { eventually } from '../../../support/eventually.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { type FaultCase, webTags } from '../faultCase.ts';
import { always, replies, times } from '../plans.ts';
import { listTags } from '../runCase.ts';
import { manifestDigest } from '../world.ts';

/** Unless the clock is told otherwise. */
const noon = Date.UTC(2026, 0, 1, 12);
const httpDate = (secondsFromNoon: number): string => new Date(noon + secondsFromNoon * 1000).toUTCString();

/** Delays of the second, third and fourth attempt, with their jitter. */
const backoff = { once: [0.15, 0.35], twice: [0.5, 1], always: [1.3, 2.2] } as const;

/** 1 and 2: too many requests, and servers that fail for a while. */
export const waitingCases: readonly FaultCase[] = [
  {
    id: '1a',
    server: '429 with Retry-After: 7, once',
    expected: 'waits 7 s, asks once more',
    fault: () => times(1, replies(429, { 'Retry-After': '7' })),
    outcome: webTags,
    requests: 2,
    waits: [7, 8],
  },
  {
    id: '1b',
    server: '429 with a date in 9 s, once',
    expected: 'waits until then, asks once more',
    fault: () => times(1, replies(429, { 'Retry-After': httpDate(9), Date: httpDate(0) })),
    outcome: webTags,
    requests: 2,
    waits: [9, 10],
  },
  {
    id: '1c',
    server: '429 with a date in 9 s of a clock that is an hour ahead, once',
    expected: "goes by the server's own clock",
    fault: () => times(1, replies(429, { 'Retry-After': httpDate(3609), Date: httpDate(3600) })),
    outcome: webTags,
    requests: 2,
    waits: [9, 10],
  },
  {
    id: '1d',
    server: '429 with a date in the past, once',
    expected: 'backs off shortly, asks once more',
    fault: () => times(1, replies(429, { 'Retry-After': httpDate(-9), Date: httpDate(0) })),
    outcome: webTags,
    requests: 2,
    waits: backoff.once,
  },
  {
    id: '1e',
    server: '429 with Retry-After: 1000000000',
    expected: 'gives up at once',
    fault: () => always(replies(429, { 'Retry-After': '1000000000' })),
    outcome: { error: 'rate-limited', says: /more than a week/ },
    requests: 1,
  },
  {
    id: '1f',
    server: '429 with Retry-After: 120',
    expected: 'gives up at once and says when to try again',
    fault: () => always(replies(429, { 'Retry-After': '120' })),
    outcome: { error: 'rate-limited', says: /Try again at \d\d:\d\d, in 2 minutes/ },
    requests: 1,
  },
  {
    id: '1g',
    server: '429 with Retry-After: soon, once',
    expected: 'backs off as without it',
    fault: () => times(1, replies(429, { 'Retry-After': 'soon' })),
    outcome: webTags,
    requests: 2,
    waits: backoff.once,
  },
  {
    id: '1h',
    server: '429 with Retry-After: -5, once',
    expected: 'backs off as without it',
    fault: () => times(1, replies(429, { 'Retry-After': '-5' })),
    outcome: webTags,
    requests: 2,
    waits: backoff.once,
  },
  {
    id: '1i',
    server: '503 with Retry-After: 5, once',
    expected: 'waits 5 s, asks once more',
    fault: () => times(1, replies(503, { 'Retry-After': '5' })),
    outcome: webTags,
    requests: 2,
    waits: [5, 6],
  },
  {
    id: '1j',
    server: '429 with Retry-After: 40, always',
    expected: 'waits for no more than a minute in all',
    fault: () => always(replies(429, { 'Retry-After': '40' })),
    outcome: { error: 'rate-limited', says: /Try again at \d\d:\d\d/ },
    requests: 2,
    waits: [40, 60],
  },
  {
    id: '1k',
    server: '429 with Retry-After: 7, once, while another request comes up',
    expected: 'the other one waits too',
    fault: () => times(1, replies(429, { 'Retry-After': '7' })),
    act: async (world) => {
      world.clock.isManual = true;
      const first = listTags(world);
      await eventually(() => assert.equal(world.clock.sleeping, 1));
      const second = world.client.gantry.resolve(`${world.repository}:latest`);
      await eventually(() => assert.equal(world.clock.sleeping, 2));
      assert.equal(world.requests().length, 1);
      world.clock.advance(7000);
      return [await first, (await second).digest];
    },
    outcome: { value: [webTags.value, manifestDigest] },
    requests: 3,
    waits: [7, 7],
  },
  {
    id: '1l',
    server: '429 with Retry-After: 30; the user cancels',
    expected: 'ends at once, sends nothing more',
    fault: () => always(replies(429, { 'Retry-After': '30' })),
    act: async ({ client, clock, repository }) => {
      clock.isManual = true;
      const stop = new AbortController();
      const listing = client.gantry.listTags(repository, { signal: stop.signal });
      const ended = rejection(listing, 'cancelled');
      await eventually(() => assert.equal(clock.sleeping, 1));
      stop.abort();
      throw await ended;
    },
    outcome: { error: 'cancelled', says: /Cancelled/ },
    requests: 1,
  },
  ...[408, 429, 500, 502, 503, 504].map(
    (status): FaultCase => ({
      id: `2-${status}×1`,
      server: `${status} without Retry-After, once`,
      expected: 'asks once more after a short wait',
      fault: () => times(1, replies(status)),
      outcome: webTags,
      requests: 2,
      waits: backoff.once,
    }),
  ),
  {
    id: '2-500×2',
    server: '500 twice',
    expected: 'asks twice more, waits longer the second time',
    fault: () => times(2, replies(500)),
    outcome: webTags,
    requests: 3,
    waits: backoff.twice,
  },
  ...(
    [
      [408, 'timeout'],
      [429, 'rate-limited'],
      [500, 'server'],
      [502, 'server'],
      [503, 'server'],
      [504, 'server'],
    ] as const
  ).map(
    ([status, error]): FaultCase => ({
      id: `2-${status}∞`,
      server: `${status}, always`,
      expected: 'gives up after four attempts and says what failed',
      fault: () => always(replies(status)),
      outcome: { error, says: new RegExp(String(status)) },
      requests: 4,
      waits: backoff.always,
    }),
  ),
  {
    id: '2-put-digest',
    server: '503 once to a manifest written by its digest',
    expected: 'writes it again: twice is as once',
    fault: () => {
      const failing = times(1, replies(503));
      return (request) => (request.method === 'PUT' ? failing(request) : undefined);
    },
    act: async (world) => {
      const session = await world.session('push');
      const manifest = await session.fetchManifest(manifestDigest, world);
      return (await session.putManifest?.(manifestDigest, manifest, world))?.digest;
    },
    outcome: { value: manifestDigest },
    requests: 3,
    waits: backoff.once,
  },
  {
    id: '2-put-tag',
    server: '503 once to a tag that is moved',
    expected: 'does not write it twice: somebody else may have moved it meanwhile',
    fault: () => (request) => (request.method === 'PUT' ? replies(503) : undefined),
    act: async ({ client, repository }) => client.gantry.tag(`${repository}:1.0`, 'next'),
    outcome: { error: 'server', says: /status 503/ },
    requests: 3,
  },
  {
    id: '2-delete',
    server: '503 once to the deletion of a tag',
    expected: 'does not delete twice',
    fault: () => (request) => (request.method === 'DELETE' ? replies(503) : undefined),
    act: async (world) => (await world.session('delete')).deleteTag?.('1.0', world),
    outcome: { error: 'server', says: /status 503/ },
    requests: 1,
  },
];

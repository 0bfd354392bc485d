import assert from 'node:assert/strict';
import type { TransferProgress } from '../../../../src/api.ts';
import { EngineProgress } from '../../../../src/core/transfer/engineProgress.ts';
import { ProgressMeter } from '../../../../src/core/transfer/progress.ts';

const big = { mediaType: 'layer', digest: `sha256:855290c913ad${'0'.repeat(52)}`, size: 30_009_344 };
const small = { mediaType: 'layer', digest: `sha256:9bf9a7764354${'0'.repeat(52)}`, size: 3160 };
const config = { mediaType: 'config', digest: `sha256:8b6209be96e6${'0'.repeat(52)}`, size: 500 };
const total = big.size + small.size + config.size;

/** What Docker 20.10 sends, without the drawn bars. */
const docker = [
  { status: 'Pulling from shop/web', id: '1.0.0' },
  { status: 'Pulling fs layer', progressDetail: {}, id: '855290c913ad' },
  { status: 'Pulling fs layer', progressDetail: {}, id: '9bf9a7764354' },
  { status: 'Downloading', progressDetail: { current: 3160, total: 3160 }, id: '9bf9a7764354' },
  { status: 'Verifying Checksum', progressDetail: {}, id: '9bf9a7764354' },
  { status: 'Download complete', progressDetail: {}, id: '9bf9a7764354' },
  { status: 'Downloading', progressDetail: { current: 327_680, total: 30_009_344 }, id: '855290c913ad' },
  { status: 'Downloading', progressDetail: { current: 19_333_120, total: 30_009_344 }, id: '855290c913ad' },
  { status: 'Verifying Checksum', progressDetail: {}, id: '855290c913ad' },
  { status: 'Extracting', progressDetail: { current: 327_680, total: 30_009_344 }, id: '855290c913ad' },
  { status: 'Pull complete', progressDetail: {}, id: '855290c913ad' },
  { status: 'Digest: sha256:0d37d614653d8c9ca4b38b70a1daf48b2f0ab08095b44304cf3561fe356b3f6e' },
  { status: 'Status: Downloaded newer image for shop/web:1.0.0' },
];

/** What podman 4.3 sends when each layer takes less than a second. */
const podman = [
  { status: 'Pulling fs layer', progressDetail: {}, id: '9bf9a7764354' },
  { status: 'Already exists', progressDetail: {}, id: '855290c913ad' },
  { status: 'Download complete', progressDetail: {}, id: '9bf9a7764354' },
  { status: 'Pulling fs layer', progressDetail: {}, id: '8b6209be96e6' },
  { status: 'Download complete', progressDetail: {}, id: '8b6209be96e6' },
  { status: 'Download complete', progressDetail: {}, id: '8b6209be96e6' },
];

describe('progress of an engine', () => {
  it('is what Docker tells, in bytes', () => {
    const events = follow([big, small, config], docker);
    assert.deepEqual(
      events.map(({ done }) => done),
      // The config is never told.
      [0, 3160 + 327_680, 3160 + 19_333_120, 3160 + big.size],
    );
    assert.ok(events.every((event) => event.total === total));
  });

  it('comes from the manifest where podman tells nothing', () => {
    const events = follow([big, small, config], podman);
    assert.deepEqual(events.at(-1), { done: total, total, item: '8b6209be96e6' });
  });

  it('grows with what is told when no size is known', () => {
    const events = follow([], docker);
    assert.deepEqual(events.at(-1), { done: 3160 + big.size, total: 3160 + big.size, item: '855290c913ad' });
    assert.deepEqual(follow([], podman), []);
  });

  it('never goes back, whatever is told', () => {
    const odd = [
      { status: 'Downloading', progressDetail: { current: 20_000_000, total: 30_009_344 }, id: '855290c913ad' },
      { status: 'Downloading', progressDetail: { current: 10, total: 5 }, id: '855290c913ad' },
      { status: 'Downloading', progressDetail: { current: -1, total: Number.NaN }, id: '855290c913ad' },
      { status: 'Downloading', progressDetail: null, id: '855290c913ad' },
      { status: 'Downloading', id: 7 },
      { status: 'Download complete', id: 'other' },
      {},
    ];
    const done = follow([big], odd).map((event) => event.done);
    assert.deepEqual(done, [20_000_000]);
  });
});

function follow(
  blobs: readonly (typeof big)[],
  messages: readonly Readonly<Record<string, unknown>>[],
): readonly TransferProgress[] {
  const events: TransferProgress[] = [];
  const size = blobs.reduce((sum, blob) => sum + blob.size, 0);
  const progress = new EngineProgress(blobs, new ProgressMeter(size, (event) => events.push(event)));
  for (const message of messages) progress.read(message);
  return events;
}

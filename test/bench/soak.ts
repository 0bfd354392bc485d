// Ten thousand operations with faults at random: npm run soak [-- --operations N] [--seed N]
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isRegistryError } from '../../src/core/errors.ts';
import { openClient } from '../registry/openClient.ts';
import { writeImage, writeIndex, writeLayer } from '../support/imageWriter.ts';
import { type FaultPlan, flipBit, htmlReply } from '../support/sampleRegistry/faults.ts';
import { startSampleRegistry } from '../support/sampleRegistry.ts';
import { silentLog } from '../support/silentLog.ts';
import { file } from '../support/tarWriter.ts';
import { VirtualClock } from '../support/virtualClock.ts';
import { type Random, seededRandom } from './random.ts';

const { values } = parseArgs({
  options: { operations: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const operations = Number(values.operations);
const random = seededRandom(Number(values.seed));
/** Of all requests. */
const faultRate = 0.05;
const atOnce = 8;
const samples = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const handlesBefore = handles();
const login = { user: 'alice', password: 'canary-soak' };
const registry = await startSampleRegistry({ auth: { scheme: 'bearer', users: { [login.user]: login.password } } });
const images = Array.from({ length: 12 }, (_, index) =>
  writeIndex(
    ['amd64', 'arm64'].map((architecture) =>
      writeImage({
        platform: { os: 'linux', architecture },
        steps: [{ createdBy: 'COPY', layer: writeLayer([file('srv/app', `${index} ${architecture}`)]) }],
      }),
    ),
  ),
);
for (const [index, image] of images.entries()) registry.push('shop/web', image, `1.${index}`);
const tags = images.map((_, index) => `1.${index}`).sort();

const clock = new VirtualClock();
const client = await openClient({ now: clock.now, sleep: clock.sleep, log: silentLog });
await client.gantry.addConnection({ url: registry.url, username: login.user, password: login.password });

const counts = { right: 0, wrong: 0, refused: 0, faults: 0, requests: 0 };
registry.fault = faultsAtRandom(random);
const heap: number[] = [];
for (let done = 0; done < operations; ) {
  const batch = Math.min(Math.ceil(operations / samples), operations - done);
  let left = batch;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await operate(random);
    }),
  );
  done += batch;
  counts.requests += registry.requests.length;
  // The log of the sample registry is none of the client's memory.
  (registry.requests as unknown[]).length = 0;
  collectGarbage();
  heap.push(process.memoryUsage().heapUsed);
}
await client.close();
await registry.close();
await new Promise((resolve) => setTimeout(resolve, 200));

const leaked = handles() - handlesBefore;
// The first half warms caches and compiled code up.
const slope = slopeOf(heap.slice(samples / 2)) / (operations / samples);
console.log(
  `seed ${values.seed}: ${operations} operations, ${counts.requests} requests, ${counts.faults} of them with a fault`,
);
console.log(`${counts.right} right, ${counts.refused} ended with an error that says why, ${counts.wrong} wrong`);
console.log(`${leaked} handles leaked; memory grows by ${slope.toFixed(1)} bytes an operation`);
console.log(`heap in MiB: ${heap.map((bytes) => (bytes / 1024 / 1024).toFixed(1)).join(' ')}`);
process.exit(counts.wrong === 0 && leaked <= 0 && slope < 200 ? 0 : 1);

async function operate(next: Random): Promise<void> {
  const index = next.below(images.length);
  const reference = `${registry.host}/shop/web:1.${index}`;
  const digest = images[index]?.manifest.descriptor.digest;
  try {
    switch (next.below(4)) {
      case 0:
        assert.deepEqual((await client.gantry.listTags(reference)).items.map(({ name }) => name).sort(), tags);
        break;
      case 1:
        assert.equal((await client.gantry.resolve(reference)).digest, digest);
        break;
      case 2:
        assert.equal((await client.gantry.inspect(reference)).digest, digest);
        break;
      default:
        assert.match(await client.gantry.manifestText(reference), /"manifests"/);
    }
    counts.right++;
  } catch (error) {
    if (isRegistryError(error)) counts.refused++;
    else {
      counts.wrong++;
      console.error(error);
    }
  }
}

function faultsAtRandom(next: Random): FaultPlan {
  return ({ url }) => {
    if (next.fraction() >= faultRate) return undefined;
    counts.faults++;
    // Nothing says how a list or a token should be, so a changed bit of it cannot be seen.
    const hasDigest = /\/(?:manifests|blobs)\//.test(url.pathname);
    switch (next.below(9)) {
      case 0:
        return { reply: { status: 500 } };
      case 1:
        return { reply: { status: 429, headers: { 'Retry-After': String(next.below(90)) } } };
      case 2:
        return { reply: { status: 503 } };
      case 3:
        return { connection: { kind: 'reset' } };
      case 4:
        return { connection: { kind: 'close', afterBytes: next.below(200) } };
      case 5:
        return { connection: { kind: 'reset', afterBytes: next.below(200) } };
      case 6:
        return { reply: htmlReply() };
      case 7:
        registry.revokeTokens();
        return undefined;
      default:
        return hasDigest ? { alter: flipBit } : { reply: { status: 404 } };
    }
  };
}

function handles(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind !== 'TTYWrap' && kind !== 'PipeWrap').length;
}

/** Least squares, a step of one. */
function slopeOf(points: readonly number[]): number {
  const middle = (points.length - 1) / 2;
  const mean = points.reduce((sum, point) => sum + point, 0) / points.length;
  const up = points.reduce((sum, point, index) => sum + (index - middle) * (point - mean), 0);
  return up / points.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
}

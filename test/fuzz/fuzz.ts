// Feeds the parsers of what others write with broken texts, and measures that their time grows with the length only.
//   npm run fuzz -- [--runs 1000000] [--seed N] [--only TEXT]
import { parseArgs } from 'node:util';
import { runMain } from '../support/runMain.ts';
import { measureGrowth } from './growth.ts';
import { mutate, randomFrom } from './mutate.ts';
import { targets } from './targets.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000000' }, seed: { type: 'string' }, only: { type: 'string' } },
});

await runMain(async () => {
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const chosen = targets.filter(({ name }) => name.includes(values.only ?? ''));
  const each = Math.ceil(Number(values.runs) / chosen.length);
  if (!Number.isSafeInteger(each) || !Number.isSafeInteger(seed)) throw new Error('--runs and --seed take a number.');
  console.log(`seed ${seed}`);
  let failures = 0;
  for (const target of chosen) {
    const random = randomFrom(seed);
    const startedAt = performance.now();
    let slowest = 0;
    for (let run = 0; run < each; run++) {
      const text = mutate(target, random);
      const before = performance.now();
      try {
        await target.parse(text);
      } catch (error) {
        failures++;
        console.error(`${target.name}: ${error instanceof Error ? error.stack : error}\n  ${JSON.stringify(text)}`);
        break;
      }
      slowest = Math.max(slowest, performance.now() - before);
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const growth = await measureGrowth(target);
    if (growth.problem !== undefined) failures++;
    console.log(
      `${target.name}: ${each} inputs in ${seconds} s, slowest ${slowest.toFixed(1)} ms; ${growth.summary}${growth.problem ?? ''}`,
    );
  }
  console.log(`${each * chosen.length} inputs, ${failures} failures`);
  if (failures > 0) process.exitCode = 1;
});

// Measures Gantry beside its peers in one run, prints a table and writes bench.json with every sample.
//   npm run bench -- [--quick] [--row <P1, P2, …>]
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserPackages, ensureDebianPackages, registryPackages } from '../support/debianPackages.ts';
import { exitOnSignals } from '../support/exitOnSignals.ts';
import { repositoryFolder } from '../support/paths.ts';
import { runMain } from '../support/runMain.ts';
import { activation } from './activation.ts';
import { detailRequests, refreshRequests } from './detailRequests.ts';
import { detailTimes } from './detailTimes.ts';
import { editorTimes } from './editorTimes.ts';
import { hostDelays } from './hostDelays.ts';
import { layerTimes } from './layerTimes.ts';
import type { BenchLine, BenchRow } from './line.ts';
import { describeMachine, describeVersions, machineLoad } from './machine.ts';
import { manyTags } from './manyTags.ts';
import { nameSearch } from './nameSearch.ts';
import { formatTable } from './table.ts';
import { tagRequests } from './tagRequests.ts';
import { tagTimes } from './tagTimes.ts';
import { transferTimes } from './transferTimes.ts';
import { writeRequests } from './writeRequests.ts';

const allRows: readonly BenchRow[] = [
  tagRequests,
  tagTimes,
  detailRequests,
  detailTimes,
  refreshRequests,
  nameSearch,
  editorTimes,
  manyTags,
  writeRequests,
  activation,
  layerTimes,
  hostDelays,
  transferTimes,
];

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, row: { type: 'string', multiple: true } },
});
exitOnSignals();

await runMain(async () => {
  const rows = allRows.filter(({ row }) => values.row?.includes(row) ?? true);
  if (rows.length === 0)
    throw new Error(`There is no such row: choose of ${allRows.map(({ row }) => row).join(', ')}.`);
  await ensureDebianPackages([...registryPackages, ...browserPackages]);

  const start = performance.now();
  const startedAt = new Date().toISOString();
  const loadBefore = machineLoad();
  const lines: BenchLine[] = [];
  const failures: string[] = [];
  for (const { row, title, measure } of rows) {
    console.log(`${row}: ${title} …`);
    try {
      lines.push(...(await measure({ isQuick: values.quick })));
    } catch (error) {
      failures.push(`${row} could not be measured: ${error instanceof Error ? error.message : error}`);
    }
  }

  const versions = await describeVersions();
  const machine = { ...describeMachine(), loadBefore, loadAfter: machineLoad() };
  const seconds = Math.round((performance.now() - start) / 1000);
  const result = { startedAt, seconds, isQuick: values.quick, versions, machine, lines, failures };
  await writeFile(join(repositoryFolder, 'bench.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${formatTable(lines)}\n`);
  for (const { row, note } of rows) console.log(`${row.padEnd(3)}  ${note}`);
  for (const failure of failures) console.log(failure);
  for (const facts of [versions, machine])
    console.log(
      Object.entries(facts)
        .map((pair) => pair.join(' '))
        .join(' · '),
    );
  console.log('Times are medians, with the least and the greatest. Others on the machine change them: compare ratios.');
  console.log(`Took ${seconds} s; all samples are in bench.json.`);
  process.exit(failures.length === 0 ? 0 : 1);
});

// Runs the catalogue of faults and prints what came of it, as a Markdown table: npm run faults
import { faultCases } from './cases.ts';
import type { FaultCase } from './faultCase.ts';
import { runCase } from './runCase.ts';

let failed = 0;
console.log('| case | the server | Gantry | |\n| --- | --- | --- | --- |');
for (const fault of faultCases) {
  const outcome = await runCase(fault).then(
    () => 'as expected',
    (error: unknown) => {
      failed++;
      return `FAILED: ${error instanceof Error ? error.message : error}`;
    },
  );
  console.log(row(fault, outcome));
}
console.log(`\n${faultCases.length - failed} of ${faultCases.length} cases as expected.`);
process.exit(failed === 0 ? 0 : 1);

function row({ id, server, expected }: FaultCase, outcome: string): string {
  return `| ${[id, server, expected, outcome].map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}

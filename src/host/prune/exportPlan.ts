import { type ImageAction, shellCommand } from '../../core/oci/shellCommand.ts';
import type { PrunePlan } from '../../core/prunes.ts';

/** One line for each tag and each untagged image, of what goes and of what stays. RFC 4180. */
export function planCsv(plans: readonly PrunePlan[]): string {
  const rows = plans.flatMap(({ repository, entries, kept }) => [
    ...entries.flatMap(({ digest, tags, how, date = '' }) =>
      (tags.length === 0 ? [''] : tags).map((tag) => [repository, tag, digest, 'goes', how, date]),
    ),
    ...kept.map(({ tag, digest, reason }) => [repository, tag, digest, 'stays', reason, '']),
  ]);
  const header = ['repository', 'tag', 'digest', 'verdict', 'why', 'date'];
  return [header, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

export function planJson(plans: readonly PrunePlan[]): string {
  const dated = plans.map(({ madeAt, ...plan }) => ({ ...plan, madeAt: new Date(madeAt).toISOString() }));
  return `${JSON.stringify(dated, undefined, 2)}\n`;
}

/** A script that deletes the same with other programs, which look at nothing before. */
export function planScript(plans: readonly PrunePlan[]): string {
  return `#!/bin/sh\nset -e\n${shellCommand(deletionOf(plans))}\n`;
}

/** What other programs are to delete. */
export function deletionOf(plans: readonly Pick<PrunePlan, 'repository' | 'entries'>[]): ImageAction {
  const references = plans.flatMap(({ repository, entries }) =>
    entries.flatMap(({ how, digest, tags }) =>
      how === 'digest' ? [`${repository}@${digest}`] : tags.map((tag) => `${repository}:${tag}`),
    ),
  );
  return { kind: 'delete', references };
}

/** Spreadsheets run what begins like a formula; no name of a tag or repository begins so, but a foreign registry may lie. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

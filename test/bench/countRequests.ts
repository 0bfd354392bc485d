import { setTimeout as wait } from 'node:timers/promises';
import type { SampleRegistry } from '../support/sampleRegistry.ts';
import { countFigure } from './figures.ts';
import type { Figure } from './line.ts';

/** Milliseconds without a request after which nothing more is expected. */
const silence = 300;

/** The requests that an action makes, also those after its end, where `end` settles last. */
export async function countRequests<T>(
  registry: SampleRegistry,
  action: () => Promise<T>,
  end: (result: T) => Promise<void> = async () => {},
): Promise<Figure> {
  const before = registry.requests.length;
  const result = await action();
  const answered = registry.requests.length - before;
  await end(result);
  await quiet(registry);
  const made = registry.requests.slice(before);
  const tokens = made.filter(({ server }) => server === 'token').length;
  const notes = [
    ...(tokens > 0 ? [`${tokens.toLocaleString('en')} for tokens`] : []),
    ...(made.length > answered ? [`${answered} until it answers`] : []),
  ];
  return countFigure(made.length, notes.length === 0 ? undefined : notes.join(', '));
}

async function quiet({ requests }: SampleRegistry): Promise<void> {
  let known: number;
  do {
    known = requests.length;
    await Promise.all(requests.map(({ closed }) => closed));
    await wait(silence);
  } while (requests.length > known);
}

import { registerHooks } from 'node:module';
import type * as vscode from 'vscode';
import type { ImageDetails } from '../../src/api.ts';
import { findMentions } from '../../src/core/mentions/findMentions.ts';
import { linePlaces } from '../../src/core/mentions/lineStarts.ts';
import { parseReference } from '../../src/core/oci/reference.ts';
import { sortByTag } from '../../src/core/oci/tagOrder.ts';
import type { Services } from '../../src/host/services.ts';
import { timeFigure } from './figures.ts';
import { atMost, type BenchLine, type BenchRow } from './line.ts';

const row = 'S2';
const count = 50_000;
const registry = 'registry.example';

export const editorTimes: BenchRow = {
  row,
  title: `A hover and proposals over ${count.toLocaleString('en')} names`,
  note: 'What VS Code asks of Gantry, with the module vscode replaced: a Dockerfile of 200 lines, whose image has fifty thousand tags. What registries said is kept from the first time, which does not count.',
  measure: async ({ isQuick }): Promise<readonly BenchLine[]> => {
    const fake = new URL('./editorVscode.ts', import.meta.url).href;
    const hooks = registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'vscode' ? { url: fake, shortCircuit: true } : next(specifier, context),
    });
    try {
      const { DocumentMentions } = await import('../../src/host/editor/documentMentions.ts');
      const { ImageCompletion } = await import('../../src/host/editor/imageCompletion.ts');
      const { ImageHover } = await import('../../src/host/editor/imageHover.ts');
      const { ImageLookups } = await import('../../src/host/editor/imageLookups.ts');
      const { MentionEdits } = await import('../../src/host/editor/mentionEdits.ts');
      const services = fakeServices();
      const mentions = new DocumentMentions(services);
      const lookups = new ImageLookups(services);
      const hover = new ImageHover(services, mentions, lookups);
      const completion = new ImageCompletion({
        services,
        mentions,
        lookups,
        edits: new MentionEdits(services, mentions),
        othersShow: () => ({ linkNames: false, proposeStages: false, tellAge: false }),
      });
      const runs = isQuick ? 20 : 100;
      const lines = Array.from({ length: 99 }, () => 'FROM alpine:3.20\nRUN true\n').join('');
      const hovered = document(`${lines}FROM ${registry}/team/app:1.10.20\n`);
      const figures = [
        ['hover from the cache', 5, () => hover.provideHover(hovered, at(hovered, 'team/app'), token)],
        ['proposals of tags', 30, proposals(completion, `${lines}FROM ${registry}/team/app:1.`)],
        ['proposals of repositories', 30, proposals(completion, `${lines}FROM ${registry}/team/service-1`)],
      ] as const;
      const measured: BenchLine[] = [];
      for (const [what, limit, run] of figures) {
        const gantry = timeFigure(await times(runs, run));
        measured.push({ row, what, gantry, peers: [], target: atMost(gantry, limit, ' ms') });
      }
      return measured;
    } finally {
      hooks.deregister();
    }
  },
};

async function times(runs: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    const answer = await work();
    samples.push(performance.now() - start);
    if (answer === undefined) throw new Error('Nothing was said.');
  }
  return samples.slice(1);
}

/** In a text that is another one each time, as while somebody types. */
function proposals(
  completion: {
    provideCompletionItems: (
      ...args: [vscode.TextDocument, vscode.Position, vscode.CancellationToken]
    ) => Promise<vscode.CompletionList | undefined>;
  },
  text: string,
): () => Promise<vscode.CompletionList | undefined> {
  return () => {
    const typed = document(text);
    return completion.provideCompletionItems(typed, typed.positionAt(text.length), token);
  };
}

const token = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => {} }),
} as unknown as vscode.CancellationToken;

function document(text: string): vscode.TextDocument {
  const placeOf = linePlaces(text);
  const lines = text.split('\n');
  const starts = lines.map((_, index) => lines.slice(0, index).reduce((sum, line) => sum + line.length + 1, 0));
  return {
    languageId: 'dockerfile',
    version: 1,
    uri: { scheme: 'file', path: '/work/Dockerfile', toString: () => 'file:///work/Dockerfile' },
    getText: () => text,
    positionAt: placeOf,
    offsetAt: ({ line, character }: vscode.Position) => (starts[line] ?? 0) + character,
    lineAt: (line: number) => ({ text: lines[line] ?? '' }),
  } as unknown as vscode.TextDocument;
}

function at(text: vscode.TextDocument, word: string): vscode.Position {
  return text.positionAt(text.getText().indexOf(word));
}

function fakeServices(): Services {
  const tags = sortByTag(Array.from({ length: count }, (_, index) => ({ name: `1.${index % 300}.${index}` })));
  const names = Array.from({ length: count }, (_, index) => `team/service-${index}`);
  const digest = `sha256:${'a'.repeat(64)}`;
  const image: ImageDetails = {
    ...{ reference: `${registry}/team/app:1.10.20`, digest, mediaType: '', platforms: ['linux/amd64'], size: 1e6 },
    ...{ layers: [], annotations: {} },
  };
  const connection = { id: 'one', url: `https://${registry}` };
  const services = {
    gantry: {
      findReferences: (text: string, languageId: string, fileName: string) =>
        findMentions(text, { languageId, fileName }),
      parseReference,
      isConnected: () => true,
      inspect: async () => image,
      tagNames: async () => ({ tags, isTruncated: false }),
      repositoryAbilities: async () => new Set(),
      signatures: async () => [],
      knownNames: async () => names,
      listRepositories: async () => ({ items: [] }),
    },
    connections: { all: () => [connection], forReference: () => connection },
    pins: { of: () => [] },
    recent: { all: () => [] },
  };
  return services as unknown as Services;
}

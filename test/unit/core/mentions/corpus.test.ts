// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like this
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ImageMention } from '../../../../src/api.ts';
import { fileNames, grammarOf } from '../../../../src/core/mentions/fileKind.ts';
import { findMentions } from '../../../../src/core/mentions/findMentions.ts';
import { describeMeaning, type MentionFixture, readMentionFixture } from '../../../support/mentionFixture.ts';

const folder = join(import.meta.dirname, '../../../fixtures/mentions');
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt'));
const fixtures = new Map(names.sort().map((name) => [name, read(name)]));

describe('the images that files name', () => {
  for (const [name, fixture] of fixtures) {
    it(`are found in ${name}`, async () => {
      const mentions = await find(fixture.text, fixture);
      assert.deepEqual(
        mentions.map(({ start, end }) => ({ start, end, raw: fixture.text.slice(start, end) })),
        fixture.places.map(({ start, end }) => ({ start, end, raw: fixture.text.slice(start, end) })),
      );
      assert.deepEqual(
        mentions.map((mention) => describeMeaning(fixture.text, mention)),
        fixture.meanings,
      );
    });
  }

  it('are found in files of every kind', () => {
    assert.ok(fixtures.size >= 150, `${fixtures.size}`);
  });

  it('are in files that a search of a folder looks at', () => {
    const patterns = fileNames.map((name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`));
    for (const { path } of fixtures.values()) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (grammarOf('', path) !== undefined)
        assert.ok(
          patterns.some((pattern) => pattern.test(name)),
          path,
        );
    }
  });

  it('do not move when something is typed below them', async () => {
    for (const [name, fixture] of fixtures) {
      // In JSON nothing may follow, and what is open takes what is typed.
      if (/json|halfTyped|unclosed|unending|broken|doubleEscape/i.test(name)) continue;
      const before = await find(fixture.text, fixture);
      const after = await find(`${fixture.text}\n# a comment\n`, fixture);
      assert.deepEqual(after, before, name);
    }
  });

  it('have their places inside of the text, whatever is cut out of it', async () => {
    const all = [...fixtures.values()];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('', '\n', '"', '{', '[', '{{', '${', '<<A\n', '\t', '*', '&a ', '😀', '\r'),
        async (fixture, first, second, inserted) => {
          const cuts = [first, second].map((part) => Math.floor(part * fixture.text.length));
          const text = `${fixture.text.slice(0, Math.min(...cuts))}${inserted}${fixture.text.slice(Math.max(...cuts))}`;
          await find(text, fixture);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are looked for in any text without an error', async () => {
    const kinds = [...fixtures.values()].map(({ path, languageId }) => ({ path, languageId }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), fc.string({ unit: 'binary', maxLength: 200 }), async (kind, text) => {
        await find(text, kind);
      }),
      { numRuns: 500 },
    );
  });

  it('are looked for in brackets without end, and in blocks in blocks', async () => {
    const kinds = ['a.yaml yaml', 'a.json json', 'docker-bake.hcl hcl', 'config.toml toml', 'Dockerfile dockerfile'];
    for (const kind of kinds) {
      const [path = '', languageId = ''] = kind.split(' ');
      for (const piece of ['[', '{', '{"a":', 'a {', 'a = [', '- ', '"', '[a.', '${', '{{']) {
        await find(piece.repeat(20_000), { path, languageId });
      }
    }
  }).timeout(20_000);

  // KiB that are read in a moment; `npm run fuzz` reads five megabytes of each kind.
  const growing: readonly (readonly [kind: string, piece: string, size: number])[] = [
    ['Dockerfile dockerfile', 'FROM nginx:1 AS a\nRUN --mount=from=b,target=/c d \\\n  e\nCOPY --from=f /g /h\n', 1024],
    ['compose.yaml yaml', 'x-a: &a\n  image: nginx:${V:-1}\nx-b: { image: *a }\n', 256],
    ['a.yaml yaml', '- image: nginx:1\n  other: {{ x }}\n', 256],
    ['pod.yaml yaml', '---\nkind: Pod\nspec: { containers: [{ image: nginx:1 }] }\n', 256],
    ['a.json json', '{"image":"nginx:1"},', 1024],
    ['docker-bake.hcl hcl', 'target "a" {\n  tags = ["a:${V}"]\n}\n', 1024],
    ['a.container ini', '[Container]\nImage=nginx:1\n', 1024],
  ];
  for (const [kind, piece, size] of growing) {
    it(`take time with the length of the file, up to ${size} KiB, in ${kind}`, async () => {
      const [path = '', languageId = ''] = kind.split(' ');
      const make = (length: number): string =>
        `${path.endsWith('.json') ? '[' : ''}${piece.repeat(length / piece.length)}`;
      const short = await leastTime(2, () => find(make((size * 1024) / 8), { path, languageId }));
      const long = await leastTime(1, () => find(make(size * 1024), { path, languageId }));
      // Eight times for linear time, sixty-four times for quadratic.
      assert.ok(long / short < 32, `${short} ms, ${long} ms`);
    }).timeout(120_000);
  }

  it('take their variables from the environment where the file is of Compose', async () => {
    const text = 'services: { web: { image: "$NAME:${TAG:-1}" } }';
    const environment = new Map([
      ['NAME', 'nginx'],
      ['TAG', '2'],
    ]);
    const [mention] = await findMentions(text, { languageId: 'yaml', fileName: 'compose.yaml', environment });
    assert.equal(mention?.reference?.canonical, 'docker.io/library/nginx:2');
  });
});

function read(name: string): MentionFixture {
  return readMentionFixture(readFileSync(join(folder, name), 'utf8'));
}

/** Each is where it says that it is, after the one before, and so is what it was defined by. */
async function find(
  text: string,
  { path, languageId }: Pick<MentionFixture, 'path' | 'languageId'>,
): Promise<readonly ImageMention[]> {
  const mentions = await findMentions(text, { languageId, fileName: path });
  let last = 0;
  for (const { start, end, raw, definition } of mentions) {
    assert.ok(start >= last && end > start && end <= text.length, `${start} to ${end} after ${last}`);
    assert.equal(raw, text.slice(start, end));
    if (definition !== undefined) assert.ok(definition.start <= definition.end && definition.end <= text.length);
    last = end;
  }
  return mentions;
}

/** Milliseconds of the processor, which others that run on the machine do not lengthen. */
async function leastTime(runs: number, run: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < runs; count++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return Math.max(least, 1);
}

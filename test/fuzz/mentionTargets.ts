// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like this
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDotEnv } from '../../src/core/mentions/dotEnv.ts';
import { nameEdit, pinEdit, tagEdit, unpinEdit } from '../../src/core/mentions/editMention.ts';
import { findMentions } from '../../src/core/mentions/findMentions.ts';
import { linePlaces } from '../../src/core/mentions/lineStarts.ts';
import { type MentionFixture, readMentionFixture } from '../support/mentionFixture.ts';
import type { Target } from './targets.ts';

const fixtures = join(import.meta.dirname, '../fixtures/mentions');
const digest = `sha256:${'0'.repeat(64)}`;

const common = ['nginx', ':1', '@sha256:', '/', ' ', '\n', '"', "'", '#', '\\', '$', '${', '}', '${A:-', '😀'];
const yaml = [...common, 'image:', '- ', '  ', '{', '[', '&a ', '*a', '<<: ', '|\n', '? ', '---\n', '{{'];
const hcl = [...common, 'image = ', '{', '[', '<<EOF\n', 'EOF\n', '/*', '*/', 'variable "A" '];

/** The readers of files that name images, one for each kind of file: its examples are those whose mentions are known. */
export const mentionTargets: readonly Target[] = [
  target('dockerfile', ['Dockerfile dockerfile'], {
    pieces: [
      ...common,
      'FROM ',
      ' AS a',
      'ARG A=',
      'COPY --from=',
      'RUN --mount=from=',
      'RUN <<A\n',
      'ONBUILD ',
      '# syntax=',
    ],
    ordinary: ['', 'FROM nginx:1 AS a\nRUN --mount=from=b,target=/c d \\\n  e\nCOPY --from=f /g /h\n'],
  }),
  target('compose', ['compose.yaml yaml'], {
    pieces: [...yaml, 'services:', 'build:'],
    frames: [['services: { a: {', '} }']],
    ordinary: ['', '---\nservices:\n  web:\n    image: "nginx:${V:-1}"\n    build: { cache_from: [a:1] }\n'],
  }),
  target('kubernetes', ['pod.yaml yaml', 'kustomization.yaml yaml'], {
    pieces: [...yaml, 'kind: ', 'containers:'],
    ordinary: ['', '---\nkind: Pod\napiVersion: v1\nspec: { containers: [{ name: a, image: nginx:1 }] }\n'],
  }),
  target('helm', ['values.yaml yaml'], {
    pieces: [...yaml, 'repository:', 'tag:'],
    ordinary: ['', '---\nimage:\n  repository: nginx\n  tag: "1"\n'],
  }),
  target('github', ['.github/workflows/a.yml yaml'], {
    pieces: [...yaml, 'jobs:', 'uses: docker://', '${{'],
    ordinary: ['', '---\non: push\njobs:\n  a: { container: node:22, steps: [{ uses: docker://alpine:3 }] }\n'],
  }),
  target('gitlab', ['.gitlab-ci.yml yaml'], {
    pieces: [...yaml, 'variables:', 'services:', '!reference '],
    ordinary: ['', '---\nvariables: { V: "1" }\nimage: node:$V\ntest: { services: [redis:7] }\n'],
  }),
  target('devcontainer', ['.devcontainer.json jsonc'], {
    pieces: [...common, '{', '[', ']', ',', '"image":', '/*', '//', '\\u0041'],
    ordinary: ['{"a":[', '{"image":"nginx:1"},'],
  }),
  target('bake', ['docker-bake.hcl dockerbake', 'docker-bake.json json'], {
    pieces: hcl,
    ordinary: ['', 'target "a" {\n  tags = ["a:1"]\n  contexts = { b = "docker-image://nginx:1" }\n}\n'],
  }),
  target('other', ['a.container ini', 'a.nomad hcl', 'azure-pipelines.yml yaml', 'fly.toml toml'], {
    pieces: [...hcl, '[Container]\n', 'Image=', 'image:'],
    ordinary: ['', '[Container]\nImage=nginx:1\n'],
  }),
  {
    name: 'file .env',
    examples: ['A=1\nexport B="2 # 3"\n', "A='x' # y\r\nB=\n"],
    pieces: [...common, 'A=', 'export ', '\r\n'],
    frames: [
      ['', ''],
      ['A="', '"'],
    ],
    parse: (text) => {
      for (const name of parseDotEnv(text).keys()) assert.match(name, /^[A-Za-z_][\w.]*$/);
    },
  },
];

/** Reads every text as each of some kinds, a path and a language each. */
function target(
  folder: string,
  kinds: readonly string[],
  { pieces, ordinary, frames = [] }: Pick<Target, 'pieces' | 'ordinary'> & Partial<Pick<Target, 'frames'>>,
): Target {
  return {
    name: `images in files: ${folder}`,
    examples: readFixtures(folder).map(({ text }) => text),
    pieces,
    frames: [['', ''], ...frames],
    longText: 4 * 1024,
    ...(ordinary !== undefined && { ordinary }),
    parse: async (text) => {
      for (const kind of kinds) {
        const [fileName = '', languageId = ''] = kind.split(' ');
        await check(text, fileName, languageId);
      }
    },
  };
}

/** Each stands where it says that it does, after the one before, and is changed in the text only. */
async function check(text: string, fileName: string, languageId: string): Promise<void> {
  const placeOf = linePlaces(text);
  let last = 0;
  for (const mention of await findMentions(text, { languageId, fileName })) {
    const { start, end, raw, definition } = mention;
    assert.ok(start >= last && end > start && end <= text.length, `${start} to ${end} after ${last}`);
    assert.equal(raw, text.slice(start, end));
    if (definition !== undefined) assert.ok(definition.start <= definition.end && definition.end <= text.length);
    last = end;
    placeOf(start);
    for (const edit of [pinEdit(mention, digest), unpinEdit(mention), tagEdit(text, mention, '2.0'), nameEdit(mention)])
      assert.ok(edit === undefined || (edit.start <= edit.end && edit.end <= text.length));
  }
}

function readFixtures(folder: string): readonly MentionFixture[] {
  const names = readdirSync(join(fixtures, folder)).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => readMentionFixture(readFileSync(join(fixtures, folder, name), 'utf8')));
}

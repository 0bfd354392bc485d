// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like this
import assert from 'node:assert/strict';
import type { ImageMention } from '../../../../src/api.ts';
import { nameEdit, pinEdit, type TextEdit, tagEdit, unpinEdit } from '../../../../src/core/mentions/editMention.ts';
import { findMentions } from '../../../../src/core/mentions/findMentions.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

/** What becomes of the first image of a file. */
async function edited(
  file: string,
  text: string,
  edit: (text: string, mention: ImageMention) => TextEdit | undefined,
): Promise<string | undefined> {
  const languageId = file === 'Dockerfile' ? 'dockerfile' : 'yaml';
  const [mention] = await findMentions(text, { languageId, fileName: file });
  assert.ok(mention);
  const change = edit(text, mention);
  return change && text.slice(0, change.start) + change.newText + text.slice(change.end);
}

describe('pinEdit', () => {
  const pin = (file: string, text: string): Promise<string | undefined> =>
    edited(file, text, (_, mention) => pinEdit(mention, digest));

  it('adds the digest and keeps the tag', async () => {
    assert.equal(await pin('Dockerfile', 'FROM nginx:1.27 AS web\n'), `FROM nginx:1.27@${digest} AS web\n`);
    assert.equal(await pin('Dockerfile', 'FROM nginx\n'), `FROM nginx@${digest}\n`);
  });

  it('replaces a digest', async () => {
    assert.equal(await pin('Dockerfile', `FROM nginx:1.27@${other}`), `FROM nginx:1.27@${digest}`);
  });

  it('keeps the quotes of YAML', async () => {
    assert.equal(
      await pin('compose.yaml', 'services: { web: { image: "nginx:1.27" } }'),
      `services: { web: { image: "nginx:1.27@${digest}" } }`,
    );
  });

  it('goes into a default that is the whole image', async () => {
    assert.equal(
      await pin('compose.yaml', 'services: { web: { image: "${IMAGE:-nginx:1.27}" } }'),
      `services: { web: { image: "\${IMAGE:-nginx:1.27@${digest}}" } }`,
    );
  });

  it('leaves alone what is put together', async () => {
    assert.equal(await pin('Dockerfile', 'ARG V=1\nFROM nginx:$V'), undefined);
    assert.equal(await pin('values.yaml', 'image: { repository: nginx, tag: "1" }'), undefined);
    assert.equal(await pin('Dockerfile', 'FROM "nginx:1"'), undefined);
    assert.equal(await pin('compose.yaml', 'services: { web: { image: "nginx:${TAG:-1.27}" } }'), undefined);
  });
});

describe('unpinEdit', () => {
  const unpin = (text: string): Promise<string | undefined> =>
    edited('Dockerfile', text, (_, mention) => unpinEdit(mention));

  it('takes the digest away where a tag is left', async () => {
    assert.equal(await unpin(`FROM nginx:1.27@${digest}`), 'FROM nginx:1.27');
    assert.equal(await unpin(`FROM nginx@${digest}`), undefined);
    assert.equal(await unpin('FROM nginx:1.27'), undefined);
  });
});

describe('tagEdit', () => {
  const cases: readonly (readonly [file: string, text: string, tag: string, result: string | undefined])[] = [
    ['Dockerfile', 'FROM nginx:1.27', '1.28', 'FROM nginx:1.28'],
    ['Dockerfile', 'FROM localhost:5000/nginx:1.27', '1.28', 'FROM localhost:5000/nginx:1.28'],
    ['Dockerfile', 'FROM nginx', '1.28', 'FROM nginx:1.28'],
    ['Dockerfile', `FROM nginx:1.27@${digest}`, '1.28', 'FROM nginx:1.28'],
    ['Dockerfile', 'ARG V=1.27\nFROM nginx:$V', '1.28', 'ARG V=1.28\nFROM nginx:$V'],
    ['Dockerfile', 'ARG V="1.27"\nFROM nginx:${V}-alpine', '1.28-alpine', 'ARG V="1.28"\nFROM nginx:${V}-alpine'],
    ['Dockerfile', 'ARG V=1.27\nFROM nginx:${V}-alpine', '1.28', undefined],
    ['Dockerfile', 'ARG I=nginx:1.27\nFROM $I', '1.28', 'ARG I=nginx:1.28\nFROM $I'],
    ['Dockerfile', 'ARG V=1\nFROM nginx:$V.1', '2.1', undefined],
    ['Dockerfile', 'ARG A=1 B=27\nFROM nginx:$A.$B', '1.28', undefined],
    ['compose.yaml', 'x-a: { image: "nginx:${TAG:-1.27}" }', '1.28', 'x-a: { image: "nginx:${TAG:-1.28}" }'],
    [
      'compose.yaml',
      'x-a: { image: "nginx:${TAG-1.27}-alpine" }',
      '1.28-alpine',
      'x-a: { image: "nginx:${TAG-1.28}-alpine" }',
    ],
    ['compose.yaml', 'x-a: { image: "${A:-${B:-nginx:1.27}}" }', '1.28', 'x-a: { image: "${A:-${B:-nginx:1.28}}" }'],
    ['compose.yaml', 'x-a: { image: "${R:-ghcr.io}/a:${TAG:-1.27}" }', '1.28', undefined],
    ['compose.yaml', 'x-a: { image: "nginx:${TAG:-1.27}-${V:-alpine}" }', '1.28-alpine', undefined],
    ['Dockerfile', 'ARG T\nFROM nginx:${T:-1.27}', '1.28', 'ARG T\nFROM nginx:${T:-1.28}'],
    // The argument has a value, so the default is not what counts.
    ['Dockerfile', 'ARG T=1.27\nFROM nginx:${T:-1.26}', '1.28', 'ARG T=1.28\nFROM nginx:${T:-1.26}'],
    ['values.yaml', 'image: { repository: nginx, tag: 1.27.3 }', '1.28.0', 'image: { repository: nginx, tag: 1.28.0 }'],
    // As a number it would be 1.1.
    ['values.yaml', 'image: { repository: nginx, tag: 1.9 }', '1.10', 'image: { repository: nginx, tag: "1.10" }'],
    ['values.yaml', 'image: { repository: nginx, tag: "1.9" }', '1.10', 'image: { repository: nginx, tag: "1.10" }'],
    [
      'kustomization.yaml',
      'images: [{ name: nginx, newTag: 1.27.3 }]',
      '1.27.4',
      'images: [{ name: nginx, newTag: 1.27.4 }]',
    ],
  ];
  for (const [file, text, tag, result] of cases) {
    it(`makes ${JSON.stringify(result ?? 'nothing')} of ${JSON.stringify(text)} with ${tag}`, async () => {
      assert.equal(await edited(file, text, (all, mention) => tagEdit(all, mention, tag)), result);
    });
  }

  it('keeps it pinned when a digest is given', async () => {
    assert.equal(
      await edited('Dockerfile', `FROM nginx:1.27@${digest}`, (all, mention) => tagEdit(all, mention, '1.28', other)),
      `FROM nginx:1.28@${other}`,
    );
  });
});

describe('nameEdit', () => {
  const correct = (text: string): Promise<string | undefined> =>
    edited('Dockerfile', text, (_, mention) => nameEdit(mention));

  it('writes the repository in lower case, and the tag as it is', async () => {
    assert.equal(await correct('FROM ghcr.io/Owner/App:V1'), 'FROM ghcr.io/owner/app:V1');
    assert.equal(await correct('FROM NGINX'), 'FROM nginx');
    assert.equal(await correct('FROM localhost:5000/App'), 'FROM localhost:5000/app');
  });

  it('leaves alone what is right, and what is wrong in another way', async () => {
    assert.equal(await correct('FROM nginx:Latest'), undefined);
    assert.equal(await correct('FROM nginx:'), undefined);
    assert.equal(await correct('FROM App::1'), undefined);
    assert.equal(await correct('FROM App:$V'), undefined);
  });
});

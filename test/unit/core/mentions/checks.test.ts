import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ImageMention } from '../../../../src/api.ts';
import { checkMention, type Finding, type KnownFacts } from '../../../../src/core/mentions/checks.ts';
import { findMentions } from '../../../../src/core/mentions/findMentions.ts';

const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const today = '2026-11-27T12:00:00Z';

async function findings(line: string, known: KnownFacts = {}): Promise<readonly Finding[]> {
  const [mention] = await findMentions(line, { languageId: 'dockerfile' });
  assert.ok(mention);
  return checkMention(mention, known, today);
}

async function checks(line: string, known?: KnownFacts): Promise<readonly string[]> {
  return (await findings(line, known)).map(({ check }) => check);
}

describe('the checks of a mention', () => {
  it('find nothing wrong with what is not known', async () => {
    assert.deepEqual(await findings('FROM nginx:1.27'), []);
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`), []);
  });

  it('find nothing wrong with what is there', async () => {
    assert.deepEqual(await findings('FROM --platform=linux/arm64 nginx:1.27', { named: image(a) }), []);
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`, { named: image(a) }), []);
    assert.deepEqual(await findings(`FROM nginx@${a}`, { named: image(a) }), []);
  });

  it('find what is not there, and tell it from what may be hidden', async () => {
    assert.deepEqual(await findings('FROM nginx:1.27', { named: 'missing' }), [
      { check: 'notFound', part: 'image', isHidden: false },
    ]);
    assert.deepEqual(await findings('FROM ngnix:1.27', { named: 'hidden' }), [
      { check: 'notFound', part: 'image', isHidden: true },
    ]);
    assert.deepEqual(await findings(`FROM nginx@${a}`, { named: 'missing' }), [
      { check: 'notFound', part: 'digest', isHidden: false },
    ]);
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`, { named: image(b), pinned: 'missing' }), [
      { check: 'notFound', part: 'digest', isHidden: false },
    ]);
  });

  it('find a platform that there is no build for, by the names that mean the same', async () => {
    assert.deepEqual(await findings('FROM --platform=linux/s390x nginx:1', { named: image(a) }), [
      { check: 'platform', platform: 'linux/s390x', available: ['linux/amd64', 'linux/arm64/v8'] },
    ]);
    assert.deepEqual(await findings('FROM --platform=linux/s390x nginx:1', { named: { digest: a } }), []);
    assert.deepEqual(await findings('FROM --platform=$BUILDPLATFORM nginx:1', { named: image(a) }), []);
  });

  it('find a digest that its tag has left behind', async () => {
    const known = { named: image(b), pinned: image(a) };
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`, known), [{ check: 'behind', now: b }]);
    const version = (text: string): KnownFacts => ({
      named: image(b),
      pinned: { digest: a, annotations: { 'org.opencontainers.image.version': text } },
    });
    assert.deepEqual(await checks(`FROM nginx:1.27@${a}`, version('1.27.3')), ['behind']);
    assert.deepEqual(await checks(`FROM nginx:1.27-alpine@${a}`, version('1.27')), ['behind']);
    assert.deepEqual(await checks(`FROM nginx:stable@${a}`, version('1.26.0')), ['behind']);
  });

  it('find a digest that is none of its tag', async () => {
    const pinned = { digest: a, annotations: { 'org.opencontainers.image.version': '1.26.2' } };
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`, { named: image(b), pinned }), [
      { check: 'digestMismatch', because: 'version', version: '1.26.2' },
    ]);
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`, { named: 'missing', pinned: image(a) }), [
      { check: 'digestMismatch', because: 'no-tag' },
    ]);
    const named = { digest: b, builds: new Map([['linux/arm64', a]]) };
    assert.deepEqual(await findings(`FROM nginx:1.27@${a}`, { named }), [
      { check: 'digestMismatch', because: 'platform', platform: 'linux/arm64' },
    ]);
  });

  it('find what moves by itself, written or not', async () => {
    assert.deepEqual(await findings('FROM nginx'), [{ check: 'latest', isWritten: false }]);
    assert.deepEqual(await findings('FROM nginx:latest'), [{ check: 'latest', isWritten: true }]);
    assert.deepEqual(await findings(`FROM nginx@${a}`), []);
  });

  it('find what its maker has given up, from the day on', async () => {
    const end = (annotations: Record<string, string>): Promise<readonly Finding[]> =>
      findings('FROM app:1', { named: { digest: a, annotations } });
    const date = 'vnd.microsoft.artifact.lifecycle.end-of-life.date';
    assert.deepEqual(await end({ [date]: '2026-11-01T00:00:00Z' }), [{ check: 'deprecated', since: '2026-11-01' }]);
    assert.deepEqual(await end({ [date]: '2027-01-01' }), []);
    assert.deepEqual(await end({ [date]: 'some day' }), []);
    assert.deepEqual(await end({ 'io.artifacthub.package.deprecated': 'true' }), [{ check: 'deprecated' }]);
    assert.deepEqual(await end({ 'io.artifacthub.package.deprecated': 'false' }), []);
    assert.deepEqual(await end({ 'com.example.deprecated': 'Use app2.\n\u0007' }), [
      { check: 'deprecated', note: 'Use app2' },
    ]);
    assert.deepEqual(await end({ 'com.example.deprecated': 'yes', 'com.example.deprecation.message': 'Use b' }), [
      { check: 'deprecated', note: 'Use b' },
    ]);
  });

  it('find a registry without encryption', async () => {
    assert.deepEqual(await checks('FROM registry.example.com/a:1', { isPlainHttp: true }), ['plainHttp']);
  });

  it('say what is wrong with a name, and how it is written', async () => {
    const [upper] = await findings('FROM ghcr.io/Owner/App:V1');
    assert.ok(upper?.check === 'invalid');
    assert.match(upper.reason, /lower case/);
    assert.equal(upper.correction, 'ghcr.io/owner/app:V1');
    const [broken] = await findings('FROM nginx::1');
    assert.ok(broken?.check === 'invalid' && broken.correction === undefined);
  });

  it('leave alone what is known only in a build', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables look like this
    assert.deepEqual(await findings('FROM nginx:${V}', { named: 'missing' }), []);
  });

  it('take what a file makes for no mistake', async () => {
    const text = 'services: { web: { image: app, build: . }, db: { image: db } }';
    const [made, used] = await findMentions(text, { languageId: 'yaml', fileName: 'compose.yaml' });
    assert.ok(made && used);
    assert.equal(made.isOutput, true);
    assert.deepEqual(checkMention(made, {}, today), []);
    assert.deepEqual(checkMention(used, {}, today), [{ check: 'latest', isWritten: false }]);
  });

  it('never fail, and find a thing once', () => {
    const answer = fc.option(
      fc.oneof(
        fc.constant('missing' as const),
        fc.constant('hidden' as const),
        fc.record({
          digest: fc.constantFrom(a, b),
          platforms: fc.array(fc.string(), { maxLength: 2 }),
          annotations: fc.dictionary(
            fc.constantFrom('a.deprecated', 'eol', 'org.opencontainers.image.version'),
            fc.string(),
          ),
        }),
      ),
      { nil: undefined },
    );
    const raw = fc.oneof(fc.string(), fc.constantFrom('nginx', `nginx:1@${a}`, `nginx@${b}`, 'Nginx:1'));
    return fc.assert(
      fc.asyncProperty(raw, answer, answer, async (text, named, pinned) => {
        const mentions: readonly ImageMention[] = await findMentions(`FROM ${text}`, { languageId: 'dockerfile' });
        for (const mention of mentions) {
          const known = { ...(named !== undefined && { named }), ...(pinned !== undefined && { pinned }) };
          const names = checkMention(mention, known, today).map(({ check }) => check);
          assert.equal(new Set(names).size, names.length);
        }
      }),
    );
  });
});

function image(digest: string): Exclude<KnownFacts['named'], string | undefined> {
  return { digest, platforms: ['linux/amd64', 'linux/arm64/v8'], annotations: {} };
}

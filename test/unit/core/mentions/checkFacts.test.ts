import assert from 'node:assert/strict';
import type { ImageMention } from '../../../../src/api.ts';
import { gatherFacts, isAsked } from '../../../../src/core/mentions/checkFacts.ts';
import { type Answer, checkNames, type KnownFacts } from '../../../../src/core/mentions/checks.ts';
import { findMentions } from '../../../../src/core/mentions/findMentions.ts';
import { parseReference } from '../../../../src/core/oci/reference.ts';

const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const all = new Set(checkNames);

describe('what the checks of a mention ask', () => {
  it('is one question, of the tag', async () => {
    assert.deepEqual(await asked('r.example/app:1'), ['r.example/app:1']);
    assert.deepEqual(await asked('r.example/app'), ['r.example/app:latest']);
    assert.deepEqual(await asked(`r.example/app@${a}`), [`r.example/app@${a}`]);
    assert.deepEqual(await asked(`r.example/app:1@${a}`, { digest: a }), ['r.example/app:1']);
  });

  it('is a second one where the digest is not what the tag names', async () => {
    const both = ['r.example/app:1', `r.example/app@${a}`];
    assert.deepEqual(await asked(`r.example/app:1@${a}`, { digest: b }), both);
    assert.deepEqual(await asked(`r.example/app:1@${a}`, 'missing'), both);
    assert.deepEqual(await asked(`r.example/app:1@${a}`, 'hidden'), ['r.example/app:1']);
    assert.deepEqual(await asked(`r.example/app:1@${a}`, undefined), ['r.example/app:1']);
  });

  it('is no manifest of Docker Hub, which counts it as a pull, but for a platform', async () => {
    assert.deepEqual(await asked('nginx:1'), ['HEAD docker.io/library/nginx:1']);
    assert.deepEqual(await asked('--platform=linux/arm64 nginx:1'), ['docker.io/library/nginx:1']);
  });

  it('is nothing for what a file makes, for images of this machine, and where no check needs it', async () => {
    const mention = { reference: parseReference('r.example/app:1') } as ImageMention;
    assert.equal(isAsked(mention, all), true);
    assert.equal(isAsked({ ...mention, isOutput: true }, all), false);
    assert.equal(isAsked({ ...mention, reference: parseReference('oci:/tmp/a:1') }, all), false);
    assert.equal(isAsked(mention, new Set(['invalid', 'latest', 'plainHttp'])), false);
  });

  it('tells nothing where nothing is answered', async () => {
    assert.deepEqual(await facts('r.example/app:1', undefined), {});
  });
});

/** Answered with another digest unless told. */
async function asked(image: string, ...answers: readonly (Answer | undefined)[]): Promise<readonly string[]> {
  const questions: string[] = [];
  const [answer] = answers.length === 0 ? [{ digest: b }] : answers;
  await facts(image, answer, questions);
  return questions;
}

async function facts(image: string, answer: Answer | undefined, questions: string[] = []): Promise<KnownFacts> {
  const [mention] = await findMentions(`FROM ${image}`, { languageId: 'dockerfile' });
  const { reference } = mention ?? {};
  assert.ok(mention !== undefined && reference !== undefined);
  return gatherFacts({ ...mention, reference }, all, async (question) => {
    questions.push(`${question.wantsManifest ? '' : 'HEAD '}${question.reference}`);
    return answer;
  });
}

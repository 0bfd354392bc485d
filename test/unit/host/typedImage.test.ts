import assert from 'node:assert/strict';
import { endOfPart, typedImage } from '../../../src/host/editor/typedImage.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the part of an image that is typed', () => {
  const cases: readonly (readonly [written: string, part: string, before: string, typed: string])[] = [
    ['', 'name', '', ''],
    ['ngi', 'name', '', 'ngi'],
    ['registry.example:5000/', 'name', '', 'registry.example:5000/'],
    ['registry.example:5000/team/a', 'name', '', 'registry.example:5000/team/a'],
    ['nginx:', 'tag', 'nginx:', ''],
    ['registry.example:5000/team/app:1.2', 'tag', 'registry.example:5000/team/app:', '1.2'],
    ['nginx@', 'digest', 'nginx@', ''],
    ['nginx:1.27@sha256:ab', 'digest', 'nginx:1.27@', 'sha256:ab'],
  ];
  for (const [written, part, before, typed] of cases) {
    it(`is the ${part} in "${written}"`, () => {
      assert.deepEqual(typedImage(written), { part, before, typed });
    });
  }

  it('ends with the name, and for a tag before the digest', () => {
    const raw = `nginx:1.27@${digest}`;
    assert.equal(raw.slice(0, endOfPart(raw, 8, 'tag')), 'nginx:1.27');
    assert.equal(endOfPart(raw, 20, 'digest'), raw.length);
    assert.equal(endOfPart('nginx:1.27', 7, 'tag'), 10);
  });
});

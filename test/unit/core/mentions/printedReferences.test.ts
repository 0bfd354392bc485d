import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findPrintedReferences, type KnownNames } from '../../../../src/core/mentions/printedReferences.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const known: KnownNames = {
  isRegistry: (host) => ['ghcr.io', 'localhost:5000', 'docker.io'].includes(host),
  isRepository: ({ repository }) => repository === 'library/nginx',
};

function found(line: string): readonly string[] {
  return findPrintedReferences(line, known).map(({ start, end }) => line.slice(start, end));
}

describe('the images in a line of a terminal', () => {
  const lines: readonly (readonly [line: string, images: readonly string[]])[] = [
    [' => [1/2] FROM ghcr.io/team/app:1.2', ['ghcr.io/team/app:1.2']],
    [`Digest of app@${digest}`, [`app@${digest}`]],
    [`nginx:1.27@${digest} was pulled.`, [`nginx:1.27@${digest}`]],
    ['Pulled "ghcr.io/a/b:1", `ghcr.io/a/c:2`.', ['ghcr.io/a/b:1', 'ghcr.io/a/c:2']],
    ['docker run --image=ghcr.io/a/b:1 x', ['ghcr.io/a/b:1']],
    ['localhost:5000/shop/web:1.10.1', ['localhost:5000/shop/web:1.10.1']],
    ['docker.io/library/redis:7', ['docker.io/library/redis:7']],
    ['web   nginx:1.27   Up 2 hours', ['nginx:1.27']],
    // What could as well be something else.
    ['redis:7', []],
    ['src/app.ts:12:5 - error', []],
    ['ghcr.io/team/app', []],
    ['https://ghcr.io/team/app:1.2', []],
    ['./ghcr.io/a/b:1', []],
    ['example.com/a/b:80', []],
    [`sha256:${'a'.repeat(64)}`, []],
    [digest, []],
    ['listening on localhost:5000', []],
    ['12:30:05 started', []],
    ['user@host:path', []],
    ['x'.repeat(3000), []],
  ];
  for (const [line, images] of lines) {
    it(`are ${images.length === 0 ? 'none' : images.join(' and ')} in ${line.slice(0, 60)}`, () => {
      assert.deepEqual(found(line), images);
    });
  }

  it('have their places inside of the line, one after the other', () => {
    const parts = fc.constantFrom(' ', 'nginx:1', 'ghcr.io/', '@', digest, ':', '/', '"', 'a', '[', '😀');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((some) => some.join('')),
        ),
        (line) => {
          let end = 0;
          for (const image of findPrintedReferences(line, known)) {
            assert.ok(image.start >= end && image.end > image.start && image.end <= line.length);
            end = image.end;
          }
        },
      ),
    );
  });
});

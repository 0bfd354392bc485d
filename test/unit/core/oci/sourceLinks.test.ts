import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commitPage, httpsPage, sourcePage } from '../../../../src/core/oci/sourceLinks.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';

describe('the page of a source', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['https://github.com/o/r', 'https://github.com/o/r'],
    ['https://git.example.com/team/web', 'https://git.example.com/team/web'],
    ['https://github.com/o/r.git#main', 'https://github.com/o/r.git#main'],
    ['git@github.com:o/r.git', 'https://github.com/o/r'],
    ['ssh://git@gitlab.com/g/s/r.git', 'https://gitlab.com/g/s/r'],
    ['git+https://codeberg.org/o/r.git', 'https://codeberg.org/o/r'],
    ['scm:git:git@github.com:o/r.git', 'https://github.com/o/r'],
    ['http://github.com/o/r', 'https://github.com/o/r'],
    ['github.com/o/r', 'https://github.com/o/r'],
    ['git@git.example.com:o/r.git', undefined],
    ['http://git.example.com/o/r', undefined],
    ['https://user@github.com/o/r', undefined],
    ['https://user:secret@github.com/o/r', undefined],
    ['javascript:alert(1)', undefined],
    ['command:workbench.action.quit', undefined],
    ['file:///etc/passwd', undefined],
    ['the usual place', undefined],
    ['', undefined],
  ];
  for (const [source, page] of cases) it(`of "${source}" is ${page}`, () => assert.equal(sourcePage(source), page));
});

describe('the page of a commit', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['https://github.com/o/r', `https://github.com/o/r/commit/${sha}`],
    ['https://github.com/o/r.git', `https://github.com/o/r/commit/${sha}`],
    ['https://github.com/o/r.git#main:sub', `https://github.com/o/r/commit/${sha}`],
    ['https://github.com/o/r/tree/main/sub', `https://github.com/o/r/commit/${sha}`],
    ['https://acme.ghe.com/o/r', `https://acme.ghe.com/o/r/commit/${sha}`],
    ['git@github.com:o/r.git', `https://github.com/o/r/commit/${sha}`],
    ['https://gitlab.com/g/s/r', `https://gitlab.com/g/s/r/-/commit/${sha}`],
    ['https://gitlab.example.com:8443/g/r/-/tree/main', `https://gitlab.example.com:8443/g/r/-/commit/${sha}`],
    ['https://codeberg.org/o/r', `https://codeberg.org/o/r/commit/${sha}`],
    ['https://bitbucket.org/o/r/src', `https://bitbucket.org/o/r/commits/${sha}`],
    ['https://git.sr.ht/~o/r', `https://git.sr.ht/~o/r/commit/${sha}`],
    ['https://dev.azure.com/o/my%20p/_git/r', `https://dev.azure.com/o/my%20p/_git/r/commit/${sha}`],
    ['https://go.googlesource.com/go', `https://go.googlesource.com/go/+/${sha}`],
    ['https://github.com/o', undefined],
    ['https://git.example.com/o/r', undefined],
    ['https://notgithub.com/o/r', undefined],
    ['https://dev.azure.com/o/p', undefined],
  ];
  for (const [source, page] of cases)
    it(`of "${source}" is ${page}`, () => assert.equal(commitPage(source, sha), page));

  it('is there for commits only', () => {
    for (const revision of ['v1.2.3', 'main', '', '../../x', 'abc', 'g'.repeat(40), `${sha}-dirty`])
      assert.equal(commitPage('https://github.com/o/r', revision), undefined);
    assert.equal(commitPage('https://github.com/o/r', 'ABCDEF0'), 'https://github.com/o/r/commit/abcdef0');
  });
});

describe('links of images', () => {
  it('lead to https only, whatever is written', () => {
    const piece = fc.constantFrom(
      'https://',
      'git@',
      'github.com',
      'gitlab.x',
      ':',
      '/',
      '@',
      '#',
      '..',
      'o',
      '\n',
      '%2e',
    );
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        for (const page of [sourcePage(source), commitPage(source, sha), httpsPage(source)]) {
          if (page === undefined) continue;
          const { protocol, username, password } = new URL(page);
          assert.deepEqual([protocol, username, password], ['https:', '', '']);
        }
      }),
    );
  });
});

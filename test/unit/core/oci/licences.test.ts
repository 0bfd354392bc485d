import assert from 'node:assert/strict';
import fc from 'fast-check';
import { licenceParts } from '../../../../src/core/oci/licences.ts';

describe('licences', () => {
  it('lead to their pages, each of an expression', () => {
    assert.deepEqual(licenceParts('apache-2.0 AND (MIT OR GPL-2.0-or-later)'), [
      { text: 'apache-2.0', page: 'https://spdx.org/licenses/Apache-2.0.html' },
      { text: ' ' },
      { text: 'AND' },
      { text: ' (' },
      { text: 'MIT', page: 'https://spdx.org/licenses/MIT.html' },
      { text: ' ' },
      { text: 'OR' },
      { text: ' ' },
      { text: 'GPL-2.0-or-later', page: 'https://spdx.org/licenses/GPL-2.0-or-later.html' },
      { text: ')' },
    ]);
  });

  it('have their pages also by names that are deprecated', () => {
    assert.deepEqual(licenceParts('GPL-2.0'), [{ text: 'GPL-2.0', page: 'https://spdx.org/licenses/GPL-2.0.html' }]);
  });

  it('are found among other words by what cannot be one', () => {
    const linked = (text: string): readonly string[] =>
      licenceParts(text).flatMap((part) => (part.page === undefined ? [] : [part.text]));
    assert.deepEqual(linked('the MIT License'), ['MIT']);
    assert.deepEqual(linked('GPLv2 and mit'), ['mit']);
    assert.deepEqual(linked('fair use of bsd-3-clause'), ['bsd-3-clause']);
  });

  it('that are not in the list are text', () => {
    for (const text of ['LicenseRef-Acme', 'Proprietary', 'NOASSERTION', 'MIT-ish', 'see /usr/share/doc'])
      assert.ok(licenceParts(text).every(({ page }) => page === undefined));
  });

  it('are the text that they were', () => {
    fc.assert(
      fc.property(fc.string(), (text) =>
        assert.equal(
          licenceParts(text)
            .map((part) => part.text)
            .join(''),
          text,
        ),
      ),
    );
  });
});

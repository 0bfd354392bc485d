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

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linePlaces } from '../../../../src/core/mentions/lineStarts.ts';

describe('the places of offsets', () => {
  it('count lines and characters from 0', () => {
    const placeOf = linePlaces('ab\ncd\r\n\ref');
    assert.deepEqual(
      [0, 2, 3, 7, 8, 10].map((offset) => placeOf(offset)),
      [
        { line: 0, character: 0 },
        { line: 0, character: 2 },
        { line: 1, character: 0 },
        { line: 2, character: 0 },
        { line: 3, character: 0 },
        { line: 3, character: 2 },
      ],
    );
  });

  it('are those that counting finds', () => {
    const part = fc.constantFrom('a', 'bc', '\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const placeOf = linePlaces(parts.join(''));
        for (let offset = 0; offset <= parts.join('').length; offset++) {
          const { line, character } = placeOf(offset);
          const lines = parts.join('').split(/(?<=\n|\r(?!\n))/);
          const before = lines.slice(0, line).join('').length;
          assert.equal(before + character, offset);
          assert.ok(character <= (lines[line] ?? '').length);
        }
      }),
    );
  });
});

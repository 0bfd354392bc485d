import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDotEnv } from '../../../../src/core/mentions/dotEnv.ts';

describe('parseDotEnv', () => {
  it('reads values with and without quotes, and leaves comments out', () => {
    const text = [
      '# A=0',
      'TAG=1.27',
      ' export NAME = nginx # the server',
      `QUOTED="a # b" # c`,
      "SINGLE='x'",
      'HASH=a#b',
      'EMPTY=',
      'no line',
      '__proto__=1\r',
      'TAG=1.28',
    ].join('\n');
    assert.deepEqual(
      [...parseDotEnv(text)],
      [
        ['TAG', '1.28'],
        ['NAME', 'nginx'],
        ['QUOTED', 'a # b'],
        ['SINGLE', 'x'],
        ['HASH', 'a#b'],
        ['EMPTY', ''],
        ['__proto__', '1'],
      ],
    );
  });

  it('reads any text without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseDotEnv(text)));
  });
});

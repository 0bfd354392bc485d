// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of Dockerfiles look like this
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expandVariables } from '../../../../src/core/mentions/expandVariables.ts';

const values: Readonly<Record<string, string>> = { V: '1.2', EMPTY: '', NAME: 'nginx' };

describe('expandVariables', () => {
  const cases: readonly (readonly [word: string, text: string, ...unresolved: string[]])[] = [
    ['', ''],
    ['nginx', 'nginx'],
    ['$NAME:$V', 'nginx:1.2'],
    ['${NAME}:${V}-alpine', 'nginx:1.2-alpine'],
    ['$V-alpine', '1.2-alpine'],
    ['$NAME/$NAME', 'nginx/nginx'],
    ['a${EMPTY}b', 'ab'],

    ['$UNSET', '', 'UNSET'],
    ['a:${UNSET}-$OTHER', 'a:-', 'UNSET', 'OTHER'],
    ['$V_x', '', 'V_x'],
    ['$UNSET/$UNSET', '/', 'UNSET'],

    ['${V-d}', '1.2'],
    ['${V:-d}', '1.2'],
    ['${UNSET-d}', 'd'],
    ['${UNSET:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${EMPTY:-d}', 'd'],
    ['${UNSET:-}', ''],

    ['${V+d}', 'd'],
    ['${V:+d}', 'd'],
    ['${UNSET+d}', ''],
    ['${UNSET:+d}', ''],
    ['${EMPTY+d}', 'd'],
    ['${EMPTY:+d}', ''],

    ['${V?message}', '1.2'],
    ['${V:?message}', '1.2'],
    ['${EMPTY?message}', ''],
    ['${EMPTY:?message}', '', 'EMPTY'],
    ['${UNSET?message}', '', 'UNSET'],
    ['${UNSET:?}', '', 'UNSET'],

    ['${UNSET:-$V}', '1.2'],
    ['${UNSET:-${V}-x}', '1.2-x'],
    ['${UNSET:-a${OTHER:-b${EMPTY:-c}d}e}', 'abcde'],
    ['${V:-$UNSET}', '1.2'],
    ['${UNSET:-$OTHER}', '', 'OTHER'],
    ['${UNSET:-{}', '{'],

    ['${V#1.}', '2'],
    ['${V##*.}', '2'],
    ['${V%.2}', '1'],
    ['${V%%.*}', '1'],
    ['${V/1/2}', '2.2'],
    ['${V//./-}', '1-2'],

    [String.raw`\$V`, '$V'],
    [String.raw`a\b`, 'ab'],
    [String.raw`"\$V"`, '$V'],
    [`'$V'`, '$V'],
    [`"$V"`, '1.2'],
    [`"'$V'"`, `'1.2'`],
    [`ng'in'"x"`, 'nginx'],
    [String.raw`'\$V'`, String.raw`\$V`],

    // Positional parameters have no values in a build.
    ['a$1b', 'ab'],
    ['a${1}b', 'ab'],
    // BuildKit refuses these; a word that stays as it is, is no reference either.
    ['$', '$'],
    ['a$', 'a$'],
    ['${}', '${}'],
    ['${', '${'],
    ['${V', '${V'],
    ['${V:x}', '${V:x}'],
    ['${:-x}', '${:-x}'],
    ['${V:-x', '${V:-x'],
  ];
  for (const [word, text, ...unresolved] of cases) {
    const outcome = unresolved.length === 0 ? JSON.stringify(text) : `nothing for want of ${unresolved.join(', ')}`;
    it(`makes ${outcome} of ${word}`, () => {
      const expansion = expandVariables(word, lookUp);
      assert.deepEqual({ text: expansion.text, unresolved: expansion.unresolved }, { text, unresolved });
    });
  }

  it('does not expand what a value brings with it', () => {
    assert.equal(expandVariables('$A', () => '$B').text, '$B');
  });

  it('leaves words alone that have nothing to expand', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9./:@_-]*$/);
    fc.assert(
      fc.property(word, (text) => assert.deepEqual(expandVariables(text, lookUp), { text, used: [], unresolved: [] })),
    );
  });

  it('expands anything without an error', () => {
    const piece = fc.constantFrom('$', '{', '}', ':', '-', '+', '?', '#', 'V', 'UNSET', '\\', '"', "'", 'x', ' ');
    const word = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(word, fc.string({ unit: 'binary' })), (text) => {
        expandVariables(text, lookUp);
      }),
      { numRuns: 2000 },
    );
  });

  it('is bounded, whatever it is given', () => {
    const words = [
      '${a:-'.repeat(100_000),
      `${'${a:-'.repeat(100_000)}x${'}'.repeat(100_000)}`,
      '$V'.repeat(100_000),
      '$HUGE'.repeat(1000),
      '\\'.repeat(100_001),
    ];
    const huge = 'x'.repeat(1_000_000);
    for (const word of words) {
      const { text } = expandVariables(word, (name) => (name === 'HUGE' ? huge : lookUp(name)));
      assert.ok(text.length <= 4096, `${text.length}`);
    }
  });
});

function lookUp(name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

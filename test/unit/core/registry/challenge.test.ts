import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseChallenges } from '../../../../src/core/registry/challenge.ts';

type Expected = readonly (readonly [scheme: string, parameters: Readonly<Record<string, string>>])[];

const realm = 'https://auth.example/token';

describe('parseChallenges', () => {
  const cases: readonly (readonly [title: string, lines: readonly string[], expected: Expected])[] = [
    ['no header', [], []],
    ['an empty header', [''], []],
    ['Basic', ['Basic realm="Registry"'], [['basic', { realm: 'Registry' }]]],
    ['a scheme without parameters', ['Basic'], [['basic', {}]]],
    [
      'Bearer as Distribution writes it',
      [`Bearer realm="${realm}",service="registry.example",scope="repository:a/b:pull,push"`],
      [['bearer', { realm, service: 'registry.example', scope: 'repository:a/b:pull,push' }]],
    ],
    [
      'spaces around commas and equals signs',
      [`Bearer  realm = "${realm}" ,\tservice\t=\t"s"  `],
      [['bearer', { realm, service: 's' }]],
    ],
    [
      'parameters in another order',
      [`Bearer scope="repository:a:pull",error="invalid_token",service="s",realm="${realm}"`],
      [['bearer', { scope: 'repository:a:pull', error: 'invalid_token', service: 's', realm }]],
    ],
    ['no service and no scope', [`Bearer realm="${realm}"`], [['bearer', { realm }]]],
    ['unquoted values', [`Bearer realm=${realm},service=s`], [['bearer', { realm, service: 's' }]]],
    ['an unquoted value with a query', [`Bearer realm=${realm}?a=b&c=d`], [['bearer', { realm: `${realm}?a=b&c=d` }]]],
    [
      'commas in an unquoted scope',
      [`Bearer scope=repository:a:pull,push,metadata_read,realm=${realm}`, 'Bearer scope=repository:a:*,delete'],
      [
        ['bearer', { scope: 'repository:a:pull,push,metadata_read', realm }],
        ['bearer', { scope: 'repository:a:*,delete' }],
      ],
    ],
    [
      'a scheme after an unquoted scope',
      [`Bearer scope=repository:a:pull,basic realm=a`, 'Bearer scope=repository:a:pull, negotiate'],
      [
        ['bearer', { scope: 'repository:a:pull' }],
        ['basic', { realm: 'a' }],
        ['bearer', { scope: 'repository:a:pull' }],
        ['negotiate', {}],
      ],
    ],
    ['apostrophes', [`Bearer realm='${realm}',service='s'`], [['bearer', { realm, service: 's' }]]],
    ['an apostrophe', [`Basic realm=Ada's, realm='a`], [['basic', { realm: "Ada's" }]]],
    ['no commas at all', [`Bearer realm="${realm}" service="s"`], [['bearer', { realm, service: 's' }]]],
    ['schemes and names in any case', [`BEARER Realm="${realm}",SERVICE="S"`], [['bearer', { realm, service: 'S' }]]],
    [
      'several headers',
      [`Bearer realm="${realm}"`, 'Basic realm="Registry"'],
      [
        ['bearer', { realm }],
        ['basic', { realm: 'Registry' }],
      ],
    ],
    [
      'several challenges in one header, as Gitea writes them',
      [`Bearer realm="${realm}",service="s", Basic realm="gitea"`],
      [
        ['bearer', { realm, service: 's' }],
        ['basic', { realm: 'gitea' }],
      ],
    ],
    [
      'a scheme without parameters between others',
      [`Negotiate, Basic realm="a", NTLM, Bearer realm="${realm}"`],
      [
        ['negotiate', {}],
        ['basic', { realm: 'a' }],
        ['ntlm', {}],
        ['bearer', { realm }],
      ],
    ],
    ['a quoted comma', ['Basic realm="a, Bearer realm=b"'], [['basic', { realm: 'a, Bearer realm=b' }]]],
    ['escapes', [String.raw`Basic realm="say \"hi\" \\ \x"`], [['basic', { realm: String.raw`say "hi" \ x` }]]],
    ['an empty value', ['Bearer realm="",service='], [['bearer', { realm: '', service: '' }]]],
    ['the first of two values', ['Basic realm="a",realm="b"'], [['basic', { realm: 'a' }]]],
    ['empty elements', [',, Basic ,, realm="a" ,,'], [['basic', { realm: 'a' }]]],
    ['parameters before any scheme', [`realm="a", Basic realm="b"`], [['basic', { realm: 'b' }]]],
    [
      'a quotation that does not end',
      ['Bearer realm="a, Basic'],
      [
        ['bearer', { realm: '' }],
        ['basic', {}],
      ],
    ],
    [
      'garbage between challenges',
      ['@@@, Basic realm="a", "", Bearer realm="b"'],
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
  ];
  for (const [title, lines, expected] of cases) {
    it(`reads ${title}`, () => {
      const challenges = parseChallenges(lines).map(({ scheme, parameters }) => [
        scheme,
        Object.fromEntries(parameters),
      ]);
      assert.deepEqual(challenges, expected);
    });
  }

  it('reads anything to its end, without an error', () => {
    const piece = fc.constantFrom(
      'Bearer',
      'Basic',
      ' ',
      ',',
      '=',
      '"',
      '\\',
      'realm',
      'realm="a"',
      '\t',
      '\u0000',
      'é',
    );
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        for (const { scheme, parameters } of parseChallenges(lines)) {
          assert.match(scheme, /^[^A-Z\s,"]+$/);
          for (const name of parameters.keys()) assert.equal(name, name.toLowerCase());
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back what was written, in whatever way', () => {
    const parameters = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string(), { minKeys: 1, maxKeys: 4 });
    const challenge = fc.tuple(fc.constantFrom('Bearer', 'basic', 'DIGEST'), parameters);
    fc.assert(
      fc.property(
        fc.array(challenge, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(',', ', ', ' ,\t'),
        (all, comma) => {
          const line = all
            .map(([scheme, values]) => {
              const pairs = Object.entries(values).map(
                ([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`,
              );
              return `${scheme} ${pairs.join(comma)}`;
            })
            .join(comma);
          assert.deepEqual(
            parseChallenges([line]).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]),
            all.map(([scheme, values]) => [scheme.toLowerCase(), { ...values }]),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads no more than twenty of a line, the last of them without parameters', () => {
    assert.equal(parseChallenges([', Basic realm=a'.repeat(1000)]).length, 20);
  });

  it('takes no longer for a long header than it has to', () => {
    const lines = [`Basic ${'a='.repeat(50_000)}`, `Basic realm="${'\\'.repeat(100_001)}`, ','.repeat(100_000)];
    for (const line of lines) parseChallenges([line]);
  }).timeout(1000);
});

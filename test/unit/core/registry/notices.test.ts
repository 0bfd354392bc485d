import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConnectionNotices, type Notice } from '../../../../src/core/connectionNotices.ts';
import { type HostNotice, notices, readWarnings } from '../../../../src/core/registry/notices.ts';
import { fakeResponse, fakeSend, getRequest, noAbort } from './fakeHttp.ts';

const url = 'https://registry.example/v2/';

describe('notices', () => {
  const warnings: readonly (readonly [title: string, lines: readonly string[], texts: readonly string[]])[] = [
    ['none', [], []],
    ['one', ['299 - "Your pulls end on 1 May."'], ['Your pulls end on 1 May']],
    ['several in one line', ['299 - "one, two", 299 - "three"'], ['one, two', 'three']],
    ['several lines', ['299 - "one"', '299 - "two" "Wed, 21 Oct 2015 07:28:00 GMT"'], ['one', 'two']],
    ['an agent', ['299 registry.example:443 "one"'], ['one']],
    ['escapes', [String.raw`299 - "say \"hi\" now"`], ['say "hi" now']],
    ['more than a line', ['299 - "one\u0007two"'], ['one two']],
    ['those of caches', ['110 - "Response is Stale", 214 - "changed"'], []],
    ['no quotation', ['299 - text', '299', '"299 - x"'], []],
    ['an empty text', ['299 - ""'], []],
    ['too much in all', ['299 - "one"', `299 - "${'x'.repeat(4096)}"`], []],
  ];
  for (const [title, lines, texts] of warnings) {
    it(`reads of warnings ${title}`, async () => {
      assert.deepEqual(
        await reported({ warning: lines }),
        texts.map((text) => ({ kind: 'warning', host: 'registry.example', text })),
      );
    });
  }

  const allowances: readonly (readonly [headers: Record<string, string>, text: string | undefined])[] = [
    [{ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' }, undefined],
    [
      { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '7;w=21600' },
      'Little (7) is left of the 100 requests that it allows in 6 hours.',
    ],
    [
      { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
      'Nothing is left of the 100 requests that it allows in 6 hours.',
    ],
    [{ 'ratelimit-limit': '60', 'ratelimit-remaining': '3' }, 'Little (3) is left of the 60 requests that it allows.'],
    [
      { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1700000000' },
      'Nothing is left of the 60 requests that it allows.',
    ],
    [{ 'ratelimit-remaining': '0' }, undefined],
    [{ 'ratelimit-limit': '0', 'ratelimit-remaining': '0' }, undefined],
    [{ 'ratelimit-limit': 'many', 'ratelimit-remaining': 'few' }, undefined],
  ];
  for (const [headers, text] of allowances) {
    it(`says ${text === undefined ? 'nothing' : `"${text}"`} for ${JSON.stringify(headers)}`, async () => {
      assert.deepEqual(
        (await reported(headers)).map((notice) => notice.text),
        text === undefined ? [] : [text],
      );
    });
  }

  it('reads any warning without an error, as one line', () => {
    const piece = fc.constantFrom('299', ' ', '-', '"', '\\', ',', 'text', '\t', '\u0000', '\u202e', '214');
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        for (const text of readWarnings(fakeResponse({ headers: { warning: lines } }).headers)) {
          assert.ok(text !== '' && !/[\n\r\0]/.test(text));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ConnectionNotices', () => {
  const warning: HostNotice = { kind: 'warning', host: 'registry.example', text: 'one' };

  it('keeps and tells each thing once a connection', () => {
    const kept = new ConnectionNotices();
    const told: Notice[] = [];
    const listening = kept.onDidAdd((notice) => told.push(notice));
    assert.deepEqual(
      ['a', 'a', 'b'].map((connectionId) => kept.add(connectionId, warning)),
      [true, false, true],
    );
    for (const text of ['7 left', '6 left']) kept.add('a', { ...warning, kind: 'rate-limit', text });
    assert.deepEqual(
      told.map(({ connectionId, text }) => [connectionId, text]),
      [
        ['a', 'one'],
        ['b', 'one'],
        ['a', '7 left'],
      ],
    );
    assert.deepEqual(kept.of('a'), [
      { ...warning, connectionId: 'a' },
      { ...warning, kind: 'rate-limit', text: '7 left', connectionId: 'a' },
    ]);
    kept.forget('a');
    assert.deepEqual(kept.of('a'), []);
    listening.dispose();
    kept.add('a', warning);
    assert.equal(told.length, 3);
  });

  it('keeps no more than twenty of a connection', () => {
    const kept = new ConnectionNotices();
    for (let count = 0; count < 100; count++) kept.add('a', { ...warning, text: `${count}` });
    assert.equal(kept.of('a').length, 20);
  });
});

async function reported(headers: Record<string, string | readonly string[]>): Promise<readonly HostNotice[]> {
  const all: HostNotice[] = [];
  const wire = fakeSend(() => fakeResponse({ headers }));
  await notices((notice) => all.push(notice))(wire.send)(getRequest(url), noAbort());
  return all;
}

import assert from 'node:assert/strict';
import { cut, fill, linkTarget, shortDigest, visibleText } from '../../../src/webview/ui/text.ts';

describe('visible text', () => {
  it('writes control characters as escapes', () => {
    assert.equal(visibleText('a\u0000b\u001b[31mc\u007fd\u0085e\rf'), 'a\\u0000b\\u001b[31mc\\u007fd\\u0085e\\u000df');
  });

  it('writes what reorders or hides text as escapes', () => {
    assert.equal(visibleText('\u202egnp.exe\u2066x\u2069'), '\\u202egnp.exe\\u2066x\\u2069');
    assert.equal(visibleText('a\u200bb\ufeffc\u00add\u2028e'), 'a\\u200bb\\ufeffc\\u00add\\u2028e');
    assert.equal(visibleText('tag\u{e0041}'), 'tag\\u{e0041}');
  });

  it('writes half of a surrogate pair as an escape, and leaves whole pairs alone', () => {
    assert.equal(visibleText('\ud800 \udc00 😀'), '\\ud800 \\udc00 😀');
  });

  it('leaves lines, tabs, joiners and every script alone', () => {
    const text = 'a\n\tb 👩‍💻 می‌خواهم שלום 日本語 é';
    assert.equal(visibleText(text), text);
  });
});

describe('filling a sentence', () => {
  it('puts values where their numbers stand', () => {
    assert.equal(fill('{1} of {0}, {0}', 'a', 'b'), 'b of a, a');
  });

  it('does not look for placeholders in values', () => {
    assert.equal(fill('{0} {1}', '{1}', '$&'), '{1} $&');
  });

  it('leaves a placeholder without a value', () => {
    assert.equal(fill('{0} {1}', 'a'), 'a {1}');
  });
});

describe('cutting a text', () => {
  it('says how much is left out', () => {
    assert.deepEqual(cut('abcdef', 4), { text: 'abcd', left: 2 });
    assert.deepEqual(cut('abcd', 4), { text: 'abcd', left: 0 });
  });

  it('does not split a surrogate pair', () => {
    assert.deepEqual(cut('abc😀d', 4), { text: 'abc', left: 3 });
  });
});

describe('a value as a link', () => {
  it('is one when it is a whole web address', () => {
    assert.equal(linkTarget('https://example.com/a?b=<c>'), 'https://example.com/a?b=%3Cc%3E');
    assert.equal(linkTarget('HTTP://example.com'), 'http://example.com/');
  });

  for (const text of [
    'javascript:alert(1)',
    'data:text/html,<script>',
    'file:///etc/passwd',
    'command:workbench.action.quit',
    'vscode://gantry.gantry/x',
    '//example.com',
    'example.com',
    ' https://example.com',
    'https://example.com and more',
    'https://',
    'https://github.com@evil.example/',
    'https://user:secret@example.com/',
    'https://example.com/\u202egnp',
  ]) {
    it(`is none for ${JSON.stringify(text)}`, () => assert.equal(linkTarget(text), undefined));
  }
});

describe('a short digest', () => {
  it('has twelve digits', () => {
    assert.equal(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`), '0123456789ab');
    assert.equal(shortDigest(`sha512:${'0123456789abcdef'.repeat(8)}`), '0123456789ab');
  });

  it('leaves what is no digest', () => {
    assert.equal(shortDigest('sha256:abc'), 'sha256:abc');
    assert.equal(shortDigest(''), '');
  });
});

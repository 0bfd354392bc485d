import assert from 'node:assert/strict';
import type { GantryErrorCode } from '../../../../src/api.ts';
import { errorCode, responseError } from '../../../../src/core/registry/responseError.ts';
import { fakeResponse, jsonResponse } from './fakeHttp.ts';

const subject = { host: 'registry.example', what: 'the tags of shop/web' };

describe('errorCode', () => {
  const table: readonly (readonly [status: number, reported: string | undefined, code: GantryErrorCode])[] = [
    [301, undefined, 'protocol'],
    [304, undefined, 'protocol'],
    [400, undefined, 'invalid'],
    [400, 'NAME_INVALID', 'invalid'],
    [400, 'TAG_INVALID', 'invalid'],
    [400, 'DIGEST_INVALID', 'invalid'],
    [400, 'MANIFEST_INVALID', 'invalid'],
    [400, 'MANIFEST_BLOB_UNKNOWN', 'not-found'],
    [400, 'SIZE_INVALID', 'invalid'],
    [400, 'PAGINATION_NUMBER_INVALID', 'invalid'],
    [400, 'UNSUPPORTED', 'unsupported'],
    [401, undefined, 'unauthorized'],
    [401, 'UNAUTHORIZED', 'unauthorized'],
    // Whatever a registry calls it: a login may help.
    [401, 'DENIED', 'unauthorized'],
    [401, 'NAME_UNKNOWN', 'unauthorized'],
    [402, undefined, 'invalid'],
    [403, undefined, 'denied'],
    [403, 'DENIED', 'denied'],
    [403, 'UNAUTHORIZED', 'unauthorized'],
    [404, undefined, 'not-found'],
    [404, 'NAME_UNKNOWN', 'not-found'],
    [404, 'MANIFEST_UNKNOWN', 'not-found'],
    [404, 'BLOB_UNKNOWN', 'not-found'],
    [404, 'TAG_EXPIRED', 'not-found'],
    [404, 'UNSUPPORTED', 'unsupported'],
    [405, undefined, 'unsupported'],
    [405, 'UNSUPPORTED', 'unsupported'],
    [407, undefined, 'proxy'],
    [408, undefined, 'timeout'],
    [409, undefined, 'conflict'],
    [409, 'TAG_IMMUTABLE', 'conflict'],
    [409, 'TAG_ALREADY_EXISTS', 'conflict'],
    [412, undefined, 'conflict'],
    [413, 'TOO_MANY_TAGS_REQUESTED', 'too-large'],
    [416, 'RANGE_INVALID', 'invalid'],
    [429, undefined, 'rate-limited'],
    [429, 'TOOMANYREQUESTS', 'rate-limited'],
    [429, 'UNAUTHORIZED', 'rate-limited'],
    [500, undefined, 'server'],
    [500, 'UNKNOWN', 'server'],
    [502, undefined, 'server'],
    [503, 'UNAVAILABLE', 'server'],
    [507, undefined, 'storage'],
    [503, 'TOOMANYREQUESTS', 'rate-limited'],
    [200, undefined, 'protocol'],
  ];
  for (const [status, reported, code] of table) {
    it(`of ${status} ${reported ?? 'without a reported code'} is ${code}`, () => {
      assert.equal(errorCode(status, reported), code);
    });
  }

  it('knows no codes but those of the table', () => {
    for (const reported of ['constructor', '__proto__', 'toString', 'hasOwnProperty', ''])
      assert.equal(errorCode(404, reported), 'not-found', reported);
  });
});

describe('responseError', () => {
  for (const [status, sentence] of [
    [401, 'registry.example wants a login to write shop/web, or hides that it does not exist.'],
    [403, 'registry.example does not allow this account to write shop/web.'],
    [404, 'registry.example was asked to write shop/web, and does not have it.'],
    [408, 'registry.example took too long to write shop/web (status 408).'],
    [413, 'registry.example refused to write shop/web: it is too large (status 413).'],
    [500, 'registry.example failed to write shop/web (status 500).'],
  ] as const) {
    it(`says in a whole sentence what was to be done, with ${status}`, async () => {
      const error = await responseError(fakeResponse({ status }), {
        host: 'registry.example',
        what: 'to write shop/web',
      });
      assert.ok(error.message.startsWith(sentence), error.message);
    });
  }

  it('says who failed at what, what they said, and what to do', async () => {
    const error = await responseError(
      jsonResponse({ errors: [{ code: 'NAME_UNKNOWN', message: 'repository name not known' }] }, { status: 404 }),
      subject,
    );
    assert.deepEqual([error.code, error.host, error.status], ['not-found', 'registry.example', 404]);
    assert.equal(
      error.message,
      'registry.example does not have the tags of shop/web. It said: "repository name not known". Check the name; it may have been deleted.',
    );
  });

  const misled: readonly (readonly [server: string, body: string, says: RegExp, wantsClientCertificate: boolean])[] = [
    ['Go', 'Client sent an HTTP request to an HTTPS server.\n', /Begin the address with https:/, false],
    [
      'nginx',
      '<center><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</center>',
      /Begin the address with https:/,
      false,
    ],
    ['Apache', "Reason: You're speaking plain HTTP to an SSL-enabled server port.", /https:/, false],
    ['nginx', '<center>No required SSL certificate was sent</center>', /wants a client certificate/, true],
  ];
  for (const [server, body, says, wantsClientCertificate] of misled) {
    it(`knows ${server}'s words: ${body.slice(0, 40)}…`, async () => {
      const error = await responseError(fakeResponse({ status: 400, body }), subject);
      assert.deepEqual([error.code, error.wantsClientCertificate], ['tls', wantsClientCertificate]);
      assert.match(error.message, says);
    });
  }

  it('says that a missing repository may hide behind a 401', async () => {
    const { message } = await responseError(fakeResponse({ status: 401 }), subject);
    assert.match(
      message,
      /^registry\.example wants a login for the tags of shop\/web, or hides that it does not exist\./,
    );
  });

  const bodies: readonly (readonly [title: string, body: string])[] = [
    ['nothing', ''],
    ['a page for people', '<!doctype html><title>Bad gateway</title>'],
    ['a text', 'upstream timed out'],
    ['JSON of another form', '["error"]'],
    ['null', 'null'],
    ['no errors', '{"errors":[]}'],
    ['errors that are no list', '{"errors":"broken"}'],
    ['an error of null', '{"errors":[null]}'],
    ['a code and a message of other kinds', '{"errors":[{"code":7,"message":{"text":"a"}}]}'],
    ['an empty message', '{"errors":[{"code":"","message":"  "}]}'],
    ['half of an answer', '{"errors":[{"code":"UNKN'],
    ['a name that every object has', '{"errors":[{"code":"constructor","message":""}]}'],
  ];
  for (const [title, body] of bodies) {
    it(`needs no words of the registry: it sent ${title}`, async () => {
      const error = await responseError(fakeResponse({ status: 502, body }), subject);
      assert.equal(error.code, 'server');
      assert.equal(
        error.message,
        "registry.example failed on the tags of shop/web (status 502). Try again later, or tell the registry's operator.",
      );
    });
  }

  it('takes the words of a body that breaks off or never ends for none', async () => {
    const endless = (function* () {
      for (;;) yield new Uint8Array(100_000);
    })();
    const response = fakeResponse({ status: 500, body: endless });
    assert.equal((await responseError(response, subject)).code, 'server');
    assert.ok(response.isOver);
    assert.ok(response.bytesRead < 2_000_000);
  });

  it("makes one short line of a registry's words", async () => {
    const message = `first\r\nsecond\u001b[31m\u202e${'long '.repeat(100)}`;
    const error = await responseError(jsonResponse({ errors: [{ message }] }, { status: 500 }), subject);
    assert.match(error.message, /It said: "first second \[31m long /);
    assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.ok(error.message.length < 400);
  });

  it('leaves no half of a character at the cut', async () => {
    const message = `${'x'.repeat(199)}\u{1f600}\u{1f600}`;
    const error = await responseError(jsonResponse({ errors: [{ message }] }, { status: 500 }), subject);
    assert.doesNotMatch(error.message, /\p{Cs}/u);
  });
});

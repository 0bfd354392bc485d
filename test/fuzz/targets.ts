import assert from 'node:assert/strict';
import { authSources, configuredRegistries, parseAuthConfig } from '../../src/core/credentials/authConfig.ts';
import { isRegistryError } from '../../src/core/errors.ts';
import { formatReference, parseReference } from '../../src/core/oci/reference.ts';
import type { HttpHeaders } from '../../src/core/ports.ts';
import { addressClass } from '../../src/core/registry/addressClass.ts';
import { parseChallenges } from '../../src/core/registry/challenge.ts';
import { jwtLifetime } from '../../src/core/registry/jwt.ts';
import { nextPageQuery } from '../../src/core/registry/nextPage.ts';
import { readWarnings } from '../../src/core/registry/notices.ts';
import { readRateLimit, retryAfterSeconds } from '../../src/core/registry/rateLimit.ts';
import { parseRealm } from '../../src/core/registry/realm.ts';
import { responseError } from '../../src/core/registry/responseError.ts';
import { layerTargets } from './layerTargets.ts';
import { mentionTargets } from './mentionTargets.ts';

/** A parser of what others write. */
export interface Target {
  readonly name: string;
  /** Texts that it takes, to begin with. */
  readonly examples: readonly string[];
  /** Pieces that its grammar is made of. */
  readonly pieces: readonly string[];
  /** What a long text stands between, so that it is reached. */
  readonly frames: readonly (readonly [before: string, after: string])[];
  /** Characters of long texts, where 64 KiB would take long: a large grammar is read slowly, and yet in time with the length. */
  readonly longText?: number;
  /** Ordinary content, how it begins and what comes again: five megabytes of it are read in time with their length. */
  readonly ordinary?: readonly [before: string, piece: string];
  /** Parses, and throws when what came out is not as promised. */
  parse(text: string): void | Promise<void>;
}

const registry = new URL('https://registry.example');
const host = registry.host;

export const targets: readonly Target[] = [
  {
    name: 'challenge (WWW-Authenticate)',
    examples: [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
      'Negotiate, Basic realm="a, \\"b\\"", bearer scope=repository:a:pull,push , realm=/token',
    ],
    pieces: [
      'Bearer',
      'Basic ',
      'realm=',
      'scope=',
      'a:b:pull',
      ',pull',
      '"',
      "'",
      '\\',
      '=',
      ',',
      ' ',
      '\t',
      'a',
      '*',
    ],
    frames: [
      ['', ''],
      ['Bearer realm="', ''],
      ['Bearer scope=', ''],
    ],
    parse: (text) => {
      for (const { scheme, parameters } of parseChallenges([text])) {
        assert.match(scheme, /^[^A-Z\s,"=]+$/);
        for (const name of parameters.keys()) assert.equal(name, name.toLowerCase());
      }
    },
  },
  {
    name: 'realm',
    examples: ['https://auth.example/token?a=b', '/token', '//evil.example/', 'http://2130706433/', 'https://[::1]/'],
    pieces: ['https:', 'http:', '/', '\\', '@', ':', '[', ']', '.', '%', '?', '#', 'a', '0x7f', '127', '\t', '。'],
    frames: [['https://', '/token']],
    parse: (text) => {
      expectOwnError(() => {
        const { url, isTrusted } = parseRealm(text, registry);
        assert.equal(url.protocol, 'https:');
        assert.equal(`${url.username}${url.password}`, '');
        assert.equal(isTrusted, url.origin === registry.origin);
        assert.notEqual(addressClass(url.hostname), 'metadata');
      });
    },
  },
  {
    name: 'Link',
    examples: [
      '</v2/a/tags/list?last=b&n=100>; rel="next"',
      '<https://x/y?z>; rel=prev, </v2/_catalog?next_page=q>;rel=next',
    ],
    pieces: ['<', '>', ';', ',', 'rel', '=', '"', 'next', 'prev', ' ', '?', '#', 'a', '/v2/', 'rel="next"'],
    frames: [
      ['', ''],
      ['<?', ''],
      ['<?a>;', ''],
      ['<?a>; rel="', ''],
    ],
    parse: (text) => {
      const query = nextPageQuery({ headers: headersOf({ link: text }), query: 'n=2', items: ['a', 'b'] });
      assert.ok(query === undefined || (query !== '' && !query.includes('#')));
    },
  },
  {
    name: 'docker config',
    examples: [
      '{"auths":{"registry.example":{"auth":"YWRhOnNlY3JldA=="},"https://index.docker.io/v1/":{"identitytoken":"t"}}}',
      '{"credsStore":"pass","credHelpers":{"registry.example":"x"},"auths":{"registry.example/a/b":{"username":"a","password":"b"}}}',
      '{"auths":null,"credHelpers":null}',
    ],
    pieces: [
      '{',
      '}',
      '[',
      ']',
      '"auths":',
      '"auth":',
      '"registry.example"',
      ':',
      ',',
      'null',
      '"',
      '\\u0000',
      '1e999',
      '/',
      '"__proto__":',
    ],
    frames: [
      ['', ''],
      ['{"auths":{"registry.example":{"auth":"', '"}}}'],
      ['{"auths":{"', '":{"auth":"YTpi"}}}'],
    ],
    parse: (text) => {
      let config: ReturnType<typeof parseAuthConfig>;
      try {
        config = parseAuthConfig(text);
      } catch (error) {
        assert.ok(
          error instanceof SyntaxError || (error instanceof Error && error.name === 'ValiError'),
          String(error),
        );
        return;
      }
      for (const target of ['registry.example', 'docker.io']) authSources(config, { registry: target, path: '/a/b' });
      configuredRegistries(config);
    },
  },
  {
    name: 'reference',
    examples: ['nginx', 'registry.example:5000/team/app:1.0', `a/b@sha256:${'0'.repeat(64)}`, 'oci:/srv/layout:tag'],
    pieces: ['a', '1', '.', '-', '_', '__', '/', ':', '@', 'sha256:', '[::1]', 'A', ' ', '\u0000', 'localhost'],
    frames: [
      ['', ''],
      ['oci:/', ''],
    ],
    parse: (text) => {
      expectOwnError(() => {
        const reference = parseReference(text);
        assert.deepEqual(parseReference(formatReference(reference)), reference);
      });
    },
  },
  {
    name: 'error body',
    examples: [
      '{"errors":[{"code":"DENIED","message":"requested access is denied","detail":null}]}',
      '{"message":"no","errinfo":{}}',
      '<!doctype html><title>Sign in</title>',
    ],
    pieces: [
      '{',
      '}',
      '[',
      ']',
      '"errors":',
      '"code":',
      '"message":',
      '"',
      ',',
      '\\n',
      '\\u202e',
      '.',
      ' ',
      'é',
      '\uFEFF',
    ],
    frames: [
      ['', ''],
      ['{"errors":[{"message":"', '"}]}'],
      ['{"errors":[{"code":"', '"}]}'],
    ],
    parse: async (text) => {
      const error = await responseError(
        {
          status: 400,
          headers: headersOf({}),
          body: (async function* () {
            yield new TextEncoder().encode(text);
          })(),
          discard: () => {},
        },
        { host, what: 'the tags of a' },
      );
      assert.ok(isRegistryError(error));
      assert.ok(error.message.length < 500, 'its message is bounded');
      assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}]/u);
    },
  },
  {
    name: 'Warning',
    examples: ['299 - "text", 299 - "more \\"quoted\\""', '110 anderson "stale" "Wed, 21 Oct 2015 07:28:00 GMT"'],
    pieces: ['299', ' ', '-', '"', '\\', ',', 'text', '299 - "', '", ', '\t'],
    frames: [['', '']],
    parse: (text) => {
      for (const warning of readWarnings(headersOf({ warning: text }))) assert.doesNotMatch(warning, /[\p{Cc}\p{Cf}]/u);
    },
  },
  {
    name: 'Retry-After and RateLimit',
    examples: ['120', 'Wed, 21 Oct 2015 07:28:00 GMT', '100;w=21600', '1e9', '-1'],
    pieces: ['1', '0', ';', 'w=', ' ', 'Wed,', 'GMT', '-', '.', 'e', ':'],
    frames: [['', '']],
    parse: (text) => {
      const headers = headersOf({
        'retry-after': text,
        'ratelimit-limit': text,
        'ratelimit-remaining': text,
        date: text,
      });
      const wait = retryAfterSeconds((name) => headers.get(name));
      assert.ok(wait === undefined || (Number.isFinite(wait) && wait >= 0));
      const limit = readRateLimit((name) => headers.get(name));
      assert.ok(limit === undefined || (Number.isSafeInteger(limit.limit) && Number.isSafeInteger(limit.remaining)));
    },
  },
  {
    name: 'token (JWT)',
    examples: [`a.${btoa('{"exp":1700000300,"iat":1700000000}')}.c`, `a.${btoa('{"exp":"1"}')}.c`],
    pieces: ['.', 'a', btoa('{"exp":1}'), '=', '-', '_', '{', '\u0000', btoa('[]'), btoa('null')],
    frames: [['a.', '.c']],
    parse: (text) => {
      const lifetime = jwtLifetime(text, 0);
      assert.ok(lifetime === undefined || lifetime > 0);
    },
  },
  ...layerTargets,
  ...mentionTargets,
];

function expectOwnError(parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!isRegistryError(error)) throw error;
  }
}

function headersOf(values: Readonly<Record<string, string>>): HttpHeaders {
  return {
    get: (name) => values[name],
    all: (name) => (values[name] === undefined ? [] : [values[name]]),
  };
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ImageReference } from '../../../../src/api.ts';
import { isRegistryError } from '../../../../src/core/errors.ts';
import {
  formatReference,
  isRepositoryName,
  isTag,
  parseReference,
  type ReferenceParts,
} from '../../../../src/core/oci/reference.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const sha512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

type ValidCase = readonly [text: string, parts: ReferenceParts, familiar: string, canonical: string];

const validCases: readonly ValidCase[] = [
  // Docker Hub stands for a missing host, `library` for a missing namespace on it.
  ['nginx', hub('library/nginx'), 'nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', hub('library/nginx', '1.27'), 'nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['nginx:latest', hub('library/nginx', 'latest'), 'nginx:latest', 'docker.io/library/nginx:latest'],
  ['library/nginx', hub('library/nginx'), 'nginx', 'docker.io/library/nginx:latest'],
  ['grafana/grafana', hub('grafana/grafana'), 'grafana/grafana', 'docker.io/grafana/grafana:latest'],
  ['a/b/c:d', hub('a/b/c', 'd'), 'a/b/c:d', 'docker.io/a/b/c:d'],
  ['docker.io/nginx', hub('library/nginx'), 'nginx', 'docker.io/library/nginx:latest'],
  ['docker.io/library/nginx', hub('library/nginx'), 'nginx', 'docker.io/library/nginx:latest'],
  ['docker.io/grafana/grafana:11', hub('grafana/grafana', '11'), 'grafana/grafana:11', 'docker.io/grafana/grafana:11'],
  ['index.docker.io/nginx', hub('library/nginx'), 'nginx', 'docker.io/library/nginx:latest'],
  ['index.docker.io/a/b:1', hub('a/b', '1'), 'a/b:1', 'docker.io/a/b:1'],
  ['library/a/b', hub('library/a/b'), 'library/a/b', 'docker.io/library/a/b:latest'],

  // Without a slash there is no host, whatever it looks like.
  ['localhost', hub('library/localhost'), 'localhost', 'docker.io/library/localhost:latest'],
  ['localhost:5000', hub('library/localhost', '5000'), 'localhost:5000', 'docker.io/library/localhost:5000'],
  ['example.com', hub('library/example.com'), 'example.com', 'docker.io/library/example.com:latest'],
  ['example.com:5000', hub('library/example.com', '5000'), 'example.com:5000', 'docker.io/library/example.com:5000'],
  ['127.0.0.1', hub('library/127.0.0.1'), '127.0.0.1', 'docker.io/library/127.0.0.1:latest'],
  // Its short form would be read as an image on a host of that name.
  ['docker.io/localhost/app', hub('localhost/app'), 'docker.io/localhost/app', 'docker.io/localhost/app:latest'],
  ['docker.io/example.com/a', hub('example.com/a'), 'docker.io/example.com/a', 'docker.io/example.com/a:latest'],
  ['docker.io/library/a.b/c', hub('library/a.b/c'), 'library/a.b/c', 'docker.io/library/a.b/c:latest'],

  // What makes a host of the part before the first slash: `localhost`, a dot, a colon, an upper-case letter, a bracket.
  ['localhost/app', on('localhost', 'app'), 'localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app', on('localhost:5000', 'app'), 'localhost:5000/app', 'localhost:5000/app:latest'],
  ['localhost:5000/a/b:c', on('localhost:5000', 'a/b', 'c'), 'localhost:5000/a/b:c', 'localhost:5000/a/b:c'],
  ['quay.io/team/app', on('quay.io', 'team/app'), 'quay.io/team/app', 'quay.io/team/app:latest'],
  ['ghcr.io/app:1', on('ghcr.io', 'app', '1'), 'ghcr.io/app:1', 'ghcr.io/app:1'],
  ['registry:5000/app', on('registry:5000', 'app'), 'registry:5000/app', 'registry:5000/app:latest'],
  ['REGISTRY/app', on('REGISTRY', 'app'), 'REGISTRY/app', 'REGISTRY/app:latest'],
  ['Example.COM/app', on('Example.COM', 'app'), 'Example.COM/app', 'Example.COM/app:latest'],
  ['192.168.0.1/app', on('192.168.0.1', 'app'), '192.168.0.1/app', '192.168.0.1/app:latest'],
  ['127.0.0.1:5000/app', on('127.0.0.1:5000', 'app'), '127.0.0.1:5000/app', '127.0.0.1:5000/app:latest'],
  ['[::1]/app', on('[::1]', 'app'), '[::1]/app', '[::1]/app:latest'],
  ['[::1]:5000/app:1', on('[::1]:5000', 'app', '1'), '[::1]:5000/app:1', '[::1]:5000/app:1'],
  ['[2001:DB8::1]:443/a', on('[2001:DB8::1]:443', 'a'), '[2001:DB8::1]:443/a', '[2001:DB8::1]:443/a:latest'],
  ['a-b.example/app', on('a-b.example', 'app'), 'a-b.example/app', 'a-b.example/app:latest'],
  [
    'xn--bcher-kva.example/a',
    on('xn--bcher-kva.example', 'a'),
    'xn--bcher-kva.example/a',
    'xn--bcher-kva.example/a:latest',
  ],
  ['example.com:65535/app', on('example.com:65535', 'app'), 'example.com:65535/app', 'example.com:65535/app:latest'],
  // A host without any of them is a namespace of Docker Hub.
  ['registry/app', hub('registry/app'), 'registry/app', 'docker.io/registry/app:latest'],

  // Separators inside a component of a path.
  ['a.b_c__d-e---f', hub('library/a.b_c__d-e---f'), 'a.b_c__d-e---f', 'docker.io/library/a.b_c__d-e---f:latest'],
  ['0/1', hub('0/1'), '0/1', 'docker.io/0/1:latest'],
  [
    `quay.io/${'a'.repeat(255)}`,
    on('quay.io', 'a'.repeat(255)),
    `quay.io/${'a'.repeat(255)}`,
    `quay.io/${'a'.repeat(255)}:latest`,
  ],
  // 64 hexadecimal digits alone are an image's ID; not so with a namespace, or one digit less.
  [`a/${'0'.repeat(64)}`, hub(`a/${'0'.repeat(64)}`), `a/${'0'.repeat(64)}`, `docker.io/a/${'0'.repeat(64)}:latest`],
  ['f'.repeat(63), hub(`library/${'f'.repeat(63)}`), 'f'.repeat(63), `docker.io/library/${'f'.repeat(63)}:latest`],

  // Tags.
  ['a:_', hub('library/a', '_'), 'a:_', 'docker.io/library/a:_'],
  ['a:0', hub('library/a', '0'), 'a:0', 'docker.io/library/a:0'],
  ['a:V1.0_x-Y..-', hub('library/a', 'V1.0_x-Y..-'), 'a:V1.0_x-Y..-', 'docker.io/library/a:V1.0_x-Y..-'],
  [
    `a:${'t'.repeat(128)}`,
    hub('library/a', 't'.repeat(128)),
    `a:${'t'.repeat(128)}`,
    `docker.io/library/a:${'t'.repeat(128)}`,
  ],

  // With a digest no tag is added, and the digest decides what is meant.
  [`nginx@${sha256}`, hub('library/nginx', undefined, sha256), `nginx@${sha256}`, `docker.io/library/nginx@${sha256}`],
  [`nginx@${sha512}`, hub('library/nginx', undefined, sha512), `nginx@${sha512}`, `docker.io/library/nginx@${sha512}`],
  [`nginx:1@${sha256}`, hub('library/nginx', '1', sha256), `nginx:1@${sha256}`, `docker.io/library/nginx@${sha256}`],
  [
    `[::1]:5000/a/b:c@${sha512}`,
    on('[::1]:5000', 'a/b', 'c', sha512),
    `[::1]:5000/a/b:c@${sha512}`,
    `[::1]:5000/a/b@${sha512}`,
  ],
];

type InvalidCase = readonly [text: string, reason: string];

const invalidCases: readonly InvalidCase[] = [
  ['', 'it is empty'],
  [' ', '" " may only hold'],
  [' nginx', '" nginx" may only hold'],
  ['nginx ', '"nginx " may only hold'],
  ['nginx\n', '"nginx\\u{a}" may only hold'],
  ['a'.repeat(1025), 'it is longer than 1024 characters'],
  ['0123456789abcdef'.repeat(4), 'it is the ID of a local image; a digest is written name@sha256:…'],

  // Paths.
  ['/', 'a part of its path is empty'],
  ['/app', 'a part of its path is empty'],
  ['app/', 'a part of its path is empty'],
  ['a//b', 'a part of its path is empty'],
  ['quay.io/', 'it names no repository'],
  ['quay.io//a', 'a part of its path is empty'],
  [':tag', 'it names no repository'],
  [`@${sha256}`, 'it names no repository'],
  ['Nginx', 'a repository is written in lower case: "nginx"'],
  ['ghcr.io/Owner/app', 'a repository is written in lower case: "owner/app"'],
  ['library/nginX', 'a repository is written in lower case: "library/nginx"'],
  ['-a', '"-a" may only hold lower-case letters and digits'],
  ['a-', '"a-" may only hold'],
  ['a..b', '"a..b" may only hold'],
  ['a___b', '"a___b" may only hold'],
  ['a._b', '"a._b" may only hold'],
  ['a/../b', '".." may only hold'],
  ['a+b', '"a+b" may only hold'],
  ['bücher/a', '"bücher" may only hold'],
  ['a b', '"a b" may only hold'],
  [`quay.io/${'a'.repeat(256)}`, 'its path is longer than 255 characters'],

  // Hosts.
  ['-a.b/c', '"-a.b" is not the name of a host'],
  ['a-.b/c', '"a-.b" is not the name of a host'],
  ['.a/b', '".a" is not the name of a host'],
  ['a..b/c', '"a..b" is not the name of a host'],
  ['a_b.c/d', '"a_b.c" is not the name of a host'],
  ['a:/b', '"a:" is not the name of a host'],
  ['a:b/c', '"a:b" is not the name of a host'],
  ['a:65536/b', '"a:65536" is not the name of a host'],
  ['[::1/a', '"[::1" is not the name of a host'],
  ['::1/a', '"::1" is not the name of a host'],
  ['[::1%eth0]/a', '"[::1%eth0]" is not the name of a host'],
  ['[1:2]/a', '"[1:2]" is not the name of a host'],
  ['user@quay.io/a', 'a digest is sha256:'],
  ['https://quay.io/a', '"https:" is not the name of a host'],
  ['docker://nginx', '"docker:" is not the name of a host'],

  // Tags.
  ['nginx:', 'a tag has at most 128 letters'],
  ['nginx:.1', 'a tag has at most 128 letters'],
  ['nginx:-1', 'a tag has at most 128 letters'],
  ['nginx:a+b', 'a tag has at most 128 letters'],
  // The Kelvin sign and the long s are the letters that `\w` takes for ASCII when case and code points are folded.
  ['nginx:\u212a', 'a tag has at most 128 letters'],
  ['nginx:\u017f', 'a tag has at most 128 letters'],
  [`nginx:${'t'.repeat(129)}`, 'a tag has at most 128 letters'],
  ['a:b:c', '"a:b" may only hold'],

  // Digests: what is not exactly sha256 or sha512 never reaches an address.
  ['nginx@', 'a digest is sha256: and 64'],
  ['nginx@sha256:', 'a digest is sha256: and 64'],
  [`nginx@${sha256.slice(0, -1)}`, 'a digest is sha256: and 64'],
  [`nginx@${sha256}0`, 'a digest is sha256: and 64'],
  [`nginx@${sha256.toUpperCase().replace('SHA', 'sha')}`, 'a digest is sha256: and 64'],
  [`nginx@sha512:${'0'.repeat(64)}`, 'a digest is sha256: and 64'],
  [`nginx@md5:${'0'.repeat(32)}`, 'a digest is sha256: and 64'],
  [`nginx@sha256:../${'0'.repeat(61)}`, 'a digest is sha256: and 64'],
  [`nginx@${sha256}@${sha256}`, 'a digest is sha256: and 64'],
  [`nginx@${sha256}:tag`, 'a digest is sha256: and 64'],
];

describe('parseReference', () => {
  for (const [text, parts, familiar, canonical] of validCases) {
    it(`reads ${shortened(text)}`, () => {
      assert.deepEqual(parseReference(text), { ...parts, familiar, canonical });
    });
  }

  for (const [text, reason] of invalidCases) {
    it(`refuses ${JSON.stringify(shortened(text))}: ${reason}`, () => {
      assert.ok(refusal(text).includes(`is not an image reference: ${reason}`), refusal(text));
    });
  }

  it('shows only the beginning of a long text', () => {
    assert.match(refusal('X'.repeat(1000)), /^"X{80}…" is not/);
  });

  it('shows control and formatting characters by their numbers', () => {
    assert.match(refusal('a\u202eb\u0007'), /^"a\\u\{202e\}b\\u\{7\}" is not/);
  });
});

describe('isTag', () => {
  it('takes what the grammar takes', () => {
    for (const tag of ['_', 'latest', '1.0', 'A-b_c.D', 't'.repeat(128)]) assert.ok(isTag(tag), tag);
    for (const tag of ['', '.', '-a', 'a:b', 'a/b', 'a\n', 't'.repeat(129)]) assert.ok(!isTag(tag), tag);
  });
});

describe('isRepositoryName', () => {
  it('takes what the grammar takes', () => {
    for (const name of ['a', 'a/b', 'a.b/c__d/e--f', 'a'.repeat(255)]) assert.ok(isRepositoryName(name), name);
    for (const name of ['', '/', 'a/', 'A', 'a:b', 'a b', '../a', 'a\n', 'a'.repeat(256)])
      assert.ok(!isRepositoryName(name), name);
  });
});

describe('references in general', () => {
  it('gives the parts back that were formatted', () => {
    fc.assert(
      fc.property(referenceParts, (parts) => {
        const { familiar, canonical, ...parsed } = parseReference(formatReference(parts));
        assert.deepEqual(parsed, parts);
      }),
      { numRuns: 1000 },
    );
  });

  it('means the same in its familiar form', () => {
    fc.assert(
      fc.property(referenceParts, (parts) => {
        const reference = parseReference(formatReference(parts));
        assert.deepEqual(parseReference(reference.familiar), reference);
      }),
      { numRuns: 1000 },
    );
  });

  it('means the same in its canonical form, with the tag that is meant by none', () => {
    fc.assert(
      fc.property(referenceParts, (parts) => {
        const { canonical } = parseReference(formatReference(parts));
        const { registry, repository, tag = 'latest', digest } = parts;
        const meant = digest === undefined ? { tag } : { digest };
        const { familiar, ...read } = parseReference(canonical);
        assert.deepEqual(read, { registry, repository, ...meant, canonical });
      }),
      { numRuns: 1000 },
    );
  });

  it('has no shorter form than the familiar one', () => {
    fc.assert(
      fc.property(referenceParts, (parts) => {
        const full = formatReference(parts);
        const { familiar } = parseReference(full);
        for (const { index } of full.matchAll(/\//g)) {
          const shorter = full.slice(index + 1);
          if (shorter.length < familiar.length) assert.notEqual(formOf(shorter), full);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused with `invalid` and a printable message, or read, whatever the text', () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), utf16, mutatedReference);
    fc.assert(fc.property(anyText, isReadOrRefused), { numRuns: 5000 });
  });
});

const mixedHost = /^[a-zA-Z0-9]{1,8}(-[a-z0-9]{1,4})?\.(com|example|Internal)(:[1-9][0-9]{0,3})?$/;
const host = fc.oneof(
  fc.stringMatching(mixedHost),
  fc.constantFrom('docker.io', 'localhost', 'localhost:5000', 'REGISTRY', 'registry:80', '[::1]', '[2001:db8::1]:5000'),
);
const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const path = fc.array(component, { minLength: 1, maxLength: 5 }).map((components) => components.join('/'));
const hexadecimal = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const referenceParts: fc.Arbitrary<ReferenceParts> = fc
  .record(
    {
      registry: host,
      repository: path,
      tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/),
      digest: fc.oneof(
        hexadecimal(64).map((hex) => `sha256:${hex}`),
        hexadecimal(128).map((hex) => `sha512:${hex}`),
      ),
    },
    { requiredKeys: ['registry', 'repository'] },
  )
  .map((parts) => ({
    ...parts,
    // Docker Hub has no names of one component.
    repository:
      parts.registry === 'docker.io' && !parts.repository.includes('/')
        ? `library/${parts.repository}`
        : parts.repository,
  }));

/** Halves of surrogate pairs included. */
const utf16 = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

const mutatedReference = fc
  .tuple(referenceParts, fc.nat(), fc.nat(3), fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), utf16))
  .map(([parts, position, removed, inserted]) => {
    const text = formatReference(parts);
    const at = position % (text.length + 1);
    return text.slice(0, at) + inserted + text.slice(at + removed);
  });

function isReadOrRefused(text: string): void {
  const outcome = tryToParse(text);
  if (outcome instanceof Error) {
    assert.ok(isRegistryError(outcome, 'invalid'), `${outcome}`);
    assert.doesNotMatch(outcome.message, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  } else {
    assert.match(`${outcome.familiar} ${outcome.canonical} ${formatReference(outcome)}`, /^[\x20-\x7e]+$/);
  }
}

function formOf(text: string): string | undefined {
  const outcome = tryToParse(text);
  return outcome instanceof Error ? undefined : formatReference(outcome);
}

function tryToParse(text: string): ImageReference | Error {
  try {
    return parseReference(text);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function refusal(text: string): string {
  const outcome = tryToParse(text);
  assert.ok(isRegistryError(outcome, 'invalid'), `${outcome}`);
  return outcome.message;
}

function hub(repository: string, tag?: string, digest?: string): ReferenceParts {
  return on('docker.io', repository, tag, digest);
}

function on(registry: string, repository: string, tag?: string, digest?: string): ReferenceParts {
  return { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

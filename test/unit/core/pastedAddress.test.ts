import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseConnectionUrl, servedPath } from '../../../src/core/connectionUrl.ts';
import { isRegistryError } from '../../../src/core/errors.ts';
import { parseReference } from '../../../src/core/oci/reference.ts';
import { type PastedAddress, readPastedAddress } from '../../../src/core/pastedAddress.ts';
import { thrown } from '../../support/registryErrors.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const hub = 'https://registry-1.docker.io';
const example = 'https://registry.example.com';

/** What a text means: an address, and the reference behind it where one is named. Several readings stand in order. */
type Case = readonly [text: string, ...readings: readonly string[]];

const cases: Readonly<Record<string, readonly Case[]>> = {
  addresses: [
    ['registry.example.com', example],
    ['  registry.example.com\n', example],
    ['"registry.example.com",', example],
    ['registry.example.com:5000', `${example}:5000`],
    ['https://registry.example.com/v2/', example],
    ['http://registry.example.com', 'http://registry.example.com'],
    ['localhost', 'http://localhost'],
    ['localhost:5000/v2/', 'http://localhost:5000'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['docker.io', hub],
    ['https://index.docker.io/v1/', hub],
    ['myhost:5000', 'https://myhost:5000', `${hub} myhost:5000`],
    ['myhost', `${hub} myhost`, 'https://myhost'],
  ],
  references: [
    ['nginx:1.27', `${hub} nginx:1.27`],
    ['node:22', `${hub} node:22`, 'https://node:22'],
    ['grafana/grafana', `${hub} grafana/grafana`],
    ['docker.io/library/nginx:1', `${hub} nginx:1`],
    ['registry.example.com/team/app:1.0', `${example} registry.example.com/team/app:1.0`],
    [`localhost:5000/app@${digest}`, `http://localhost:5000 localhost:5000/app@${digest}`],
    ['[::1]:5000/app:1', 'http://[::1]:5000 [::1]:5000/app:1'],
    // A path without a tag can be a repository, or what the names of repositories begin with.
    ['registry.example.com/team/app', `${example} registry.example.com/team/app`, `${example}/team/app`],
    ['https://registry.example.com/team/app', `${example} registry.example.com/team/app`, `${example}/team/app`],
    ['https://registry.example.com/team/app:1.0', `${example} registry.example.com/team/app:1.0`],
  ],
  commands: [
    ['docker pull nginx', `${hub} nginx`],
    ['docker pull registry', `${hub} registry`],
    ['$ sudo docker image pull -q registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['podman pull --platform linux/arm64 registry.example.com/app', `${example} registry.example.com/app`],
    ['docker run -it --rm -p 8080:80 -v /a:/b --name=web nginx:1.27 sh -c "echo x/y"', `${hub} nginx:1.27`],
    ['C:\\bin\\docker.exe pull registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['docker manifest inspect registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['docker buildx imagetools inspect registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['docker pull \\\n  registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['docker login', hub],
    ['docker login registry.example.com', example],
    ['skopeo inspect --config docker://registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['skopeo copy docker://registry.example.com/app:1 oci:/tmp/x', `${example} registry.example.com/app:1`],
    ['helm install app oci://registry.example.com/charts/app', `${example} registry.example.com/charts/app`],
    ['helm registry login registry.example.com', example],
    ['crane digest cgr.dev/chainguard/nginx', 'https://cgr.dev cgr.dev/chainguard/nginx'],
    ['dive nginx:1.27', `${hub} nginx:1.27`],
    ['DOCKER_HOST=x docker pull nginx && docker run registry.example.com/app', `${example} registry.example.com/app`],
  ],
  'lines of files': [
    ['FROM registry.example.com/app:1', `${example} registry.example.com/app:1`],
    ['from --platform=$BUILDPLATFORM registry.example.com/app:1 AS build', `${example} registry.example.com/app:1`],
    ['COPY --from=registry.example.com/app:1 /a /b', `${example} registry.example.com/app:1`],
    ['- image: "registry.example.com/app:1"', `${example} registry.example.com/app:1`],
    ['uses: docker://registry.example.com/app:1', `${example} registry.example.com/app:1`],
  ],
  'pages of registries': [
    ['https://hub.docker.com/r/library/nginx', `${hub} nginx`],
    ['hub.docker.com/_/nginx/tags', `${hub} nginx`],
    ['https://hub.docker.com/r/grafana/grafana/tags?name=11.0', `${hub} grafana/grafana:11.0`],
    ['https://hub.docker.com/layers/grafana/grafana/11.0/images/sha256-abc', `${hub} grafana/grafana:11.0`],
    ['https://hub.docker.com/repository/docker/team/app/general', `${hub} team/app`],
    ['https://hub.docker.com/u/grafana', hub],
    ['https://github.com/orgs/Team/packages/container/package/my%2Fapp', 'https://ghcr.io ghcr.io/team/my/app'],
    ['https://github.com/orgs/team/packages/container/app/versions', 'https://ghcr.io ghcr.io/team/app'],
    ['https://github.com/users/alice/packages/container/package/app', 'https://ghcr.io ghcr.io/alice/app'],
    ['https://github.com/team/code/pkgs/container/app/123?tag=1.0', 'https://ghcr.io ghcr.io/team/app:1.0'],
    ['https://github.com/team/code', 'https://ghcr.io'],
    ['https://quay.io/repository/team/app?tab=tags&tag=1.0', 'https://quay.io quay.io/team/app:1.0'],
    [`https://quay.io/repository/team/app/manifest/${digest}`, `https://quay.io quay.io/team/app@${digest}`],
    ['https://quay.io/organization/team', 'https://quay.io/team'],
    ['https://registry.example.com/repository/team/app?tab=info', `${example} registry.example.com/team/app`],
    ['https://console.cloud.google.com/artifacts/docker/p/us-east1/r?project=p', 'https://us-east1-docker.pkg.dev/p/r'],
    [
      `https://console.cloud.google.com/artifacts/docker/p/us/r/a%2Fb/${digest}`,
      `https://us-docker.pkg.dev/p/r us-docker.pkg.dev/p/r/a/b@${digest}`,
    ],
    [
      'https://console.cloud.google.com/artifacts/docker/example.com:p/us/r/app;tab=x',
      'https://us-docker.pkg.dev/example.com/p/r us-docker.pkg.dev/example.com/p/r/app',
    ],
    ['https://console.cloud.google.com/gcr/images/p/GLOBAL/app', 'https://gcr.io/p gcr.io/p/app'],
    [
      'https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/123456789012/team/app?region=eu-west-1',
      'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app',
    ],
    [
      `https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/123456789012/app/_/image/${digest}/details`,
      `https://123456789012.dkr.ecr.eu-west-1.amazonaws.com 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@${digest}`,
    ],
    [
      'https://cn-north-1.console.amazonaws.cn/ecr/repositories/private/123456789012/app',
      'https://123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn 123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app',
    ],
    ['https://gallery.ecr.aws/docker/library/nginx', 'https://public.ecr.aws public.ecr.aws/docker/library/nginx'],
    [
      'https://portal.azure.com/#@t/resource/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/Team/repository',
      'https://team.azurecr.io',
    ],
    [
      'https://portal.azure.us/#@t/resource/subscriptions/s/providers/Microsoft.ContainerRegistry/registries/team',
      'https://team.azurecr.us',
    ],
    [
      'https://mcr.microsoft.com/en-us/artifact/mar/dotnet/sdk/tags',
      'https://mcr.microsoft.com mcr.microsoft.com/dotnet/sdk',
    ],
    ['https://cloud.digitalocean.com/registry?i=1', 'https://registry.digitalocean.com'],
    [
      'https://catalog.redhat.com/software/containers/ubi9/ubi/615bcf606feffc5384e8452e',
      'https://registry.access.redhat.com registry.access.redhat.com/ubi9/ubi',
    ],
    ['https://catalog.ngc.nvidia.com/orgs/nvidia/containers/cuda', 'https://nvcr.io nvcr.io/nvidia/cuda'],
    ['https://images.chainguard.dev/directory/image/nginx/overview', 'https://cgr.dev cgr.dev/chainguard/nginx'],
    ['https://gitlab.com/team/app/container_registry/123', 'https://registry.gitlab.com/team/app'],
    ['https://gitlab.com/groups/team/-/container_registries', 'https://registry.gitlab.com/team'],
    [
      'https://gitlab.example.com/team/app/container_registry',
      'https://registry.gitlab.example.com/team/app',
      'https://registry.example.com/team/app',
      'https://gitlab.example.com:5050/team/app',
    ],
    ['https://registry.example.com/harbor/projects/2/repositories/app/artifacts-tab', example],
    [
      'https://registry.example.com/harbor/projects/2/repositories/team%2Fapp',
      `${example} registry.example.com/team/app`,
    ],
    ['https://codeberg.org/team/-/packages/container/app/1.0', 'https://codeberg.org codeberg.org/team/app:1.0'],
    ['https://team.jfrog.io/ui/repos/tree/General/docker-local/app/1.0', 'https://team.jfrog.io/docker-local'],
    ['https://team.jfrog.io/artifactory/api/docker/docker-local', 'https://team.jfrog.io/docker-local'],
    ['https://registry.example.com/v2/team/app/manifests/1.0', `${example} registry.example.com/team/app:1.0`],
    ['https://registry.example.com/v2/team/app/tags/list', `${example} registry.example.com/team/app`],
  ],
  'images of this machine': [
    ['oci:/images/app', 'oci:/images/app'],
    ['oci:/images/app:1.0', 'oci:/images/app oci:/images/app:1.0'],
    ['engine:/', 'engine:/'],
    ['engine:/nginx:1.27', 'engine:/ engine:/docker.io/library/nginx:1.27'],
    ['/images/app', 'oci:/images/app'],
    ['file:///images/app.tar', 'docker-archive:/images/app.tar'],
    ['C:\\images\\app.tar', 'docker-archive:/C:/images/app.tar'],
  ],
};

const refused: readonly (readonly [text: string, message: RegExp])[] = [
  ['', /not the address of a registry/],
  ['not a host', /not the address of a registry/],
  ['ftp://registry.example.com', /begins with https/],
  ['docker pull', /names no image/],
  ['docker run --rm', /names no image/],
  ['FROM $BASE', /by a variable/],
  ['image: {{ .Values.image }}', /not the address of a registry/],
  ['docker pull registry.example.com/Team/App', /lower case/],
  ['/images/app /', /not the address of a registry/],
  ['https://eu-west-1.console.aws.amazon.com/ecr/private-registry/repositories', /does not say which registry/],
  ['https://portal.azure.com/#home', /does not say which registry/],
  ['x'.repeat(5000), /longer than/],
];

describe('readPastedAddress', () => {
  for (const [kind, all] of Object.entries(cases)) {
    for (const [text, ...readings] of all) {
      it(`reads ${kind}: ${JSON.stringify(text)}`, () =>
        assert.deepEqual(readPastedAddress(text).map(shown), readings));
    }
  }

  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 80))} in words`, () => {
      assert.match(thrown(() => readPastedAddress(text), 'invalid').message, message);
    });
  }

  it('takes the user name of a login, wherever it stands', () => {
    for (const line of [
      'docker login -u alice registry.example.com',
      'docker login --username=alice registry.example.com',
      'podman login registry.example.com --username alice',
    ]) {
      assert.deepEqual(readPastedAddress(line), [{ url: example, label: 'registry.example.com', username: 'alice' }]);
    }
    const [amazon] = readPastedAddress(
      'aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.us-east-1.amazonaws.com',
    );
    assert.equal(amazon.url, 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com');
    assert.equal(amazon.username, 'AWS');
  });

  it('names the registries that people know by their names, others by their hosts and paths', () => {
    const label = (text: string): string => readPastedAddress(text)[0].label;
    assert.equal(label('ghcr.io/team/app:1'), 'GitHub Container Registry');
    assert.equal(label('registry.example.com:5000'), 'registry.example.com:5000');
    assert.equal(label('https://quay.io/organization/team'), 'quay.io/team');
    assert.equal(label('/images/app.tar'), 'app.tar');
  });

  it('takes no password from a line, and repeats none', () => {
    const secret = fc.stringMatching(/^CANARY[A-Za-z0-9!#%*+,.:=?@^_~-]{1,20}$/);
    const line = fc.constantFrom(
      ...[
        'docker login -u alice -p SECRET registry.example.com',
        'docker login -p SECRET',
        'https://a:SECRET@host.example',
      ],
      ...[
        'podman login --password=SECRET registry.example.com',
        'docker pull --creds a:SECRET Registry.example.com/App',
      ],
      ...[
        'a:SECRET@registry.example.com',
        'echo SECRET | docker login --password-stdin reg_istry',
        'docker pull -p SECRET',
      ],
    );
    fc.assert(
      fc.property(line, secret, (template, password) => {
        const text = template.replace('SECRET', () => password);
        const said = attempt(text) ?? [];
        assert.ok(!JSON.stringify(said).includes('CANARY'), JSON.stringify(said));
      }),
    );
  });

  it('takes an image for an image, though its name begins as pages of some registries do', () => {
    const [{ url, reference }] = readPastedAddress('registry.example.com/ui/a:1.0');
    assert.deepEqual([url, reference], ['https://registry.example.com', 'registry.example.com/ui/a:1.0']);
  });

  it('reads any reference, bare or in a command, as itself', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/);
    const host = fc.constantFrom(
      'registry.example.com',
      'registry.example.com:5000',
      'localhost:5000',
      'ghcr.io',
      '[::1]:5000',
    );
    const reference = fc
      .tuple(
        host,
        fc.array(component, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/),
      )
      .map(([registry, path, tag]) => `${registry}/${path.join('/')}:${tag}`);
    const frame = fc.constantFrom(
      'X',
      'docker pull X',
      'FROM X AS a',
      'image: X',
      'docker run --rm -p 1:2 X',
      '`X`',
      'docker://X',
    );
    fc.assert(
      fc.property(reference, frame, (text, around) => {
        const [address, ...others] = readPastedAddress(around.replace('X', text));
        assert.deepEqual(others, []);
        assert.equal(address.reference, parseReference(text).familiar);
      }),
    );
  });

  it('never fails but with "invalid", gives addresses as they are stored, and references that they serve', () => {
    const piece = fc.constantFrom(
      ...[
        'https://',
        'docker ',
        'pull ',
        'login ',
        '-u ',
        'FROM ',
        'registry.example.com',
        'localhost',
        ':5000',
        '/',
        ':',
      ],
      ...[
        '@',
        'nginx',
        'hub.docker.com',
        'github.com',
        '/orgs/',
        'container',
        'packages',
        '?',
        '#',
        '%2F',
        '%',
        '[',
        '::1]',
      ],
      ...[
        'oci:',
        'C:\\',
        '\n',
        ' ',
        '"',
        '..',
        'v2',
        'manifests',
        'console.cloud.google.com/artifacts/docker/',
        digest,
      ],
      ...[
        'gitlab.com',
        'container_registry',
        '-',
        'portal.azure.com',
        'Microsoft.ContainerRegistry',
        'é',
        '\u202e',
        '$x',
      ],
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
      fc.string(),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(text, (pasted) => {
        for (const { url, reference, label } of attempt(pasted) ?? []) {
          assert.equal(parseConnectionUrl(url), url);
          assert.notEqual(label, '');
          if (reference !== undefined) assert.notEqual(servedPath(url, parseReference(reference)), undefined);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function shown({ url, reference }: PastedAddress): string {
  return reference === undefined ? url : `${url} ${reference}`;
}

/** The readings, or what the refusal says. */
function attempt(text: string): readonly PastedAddress[] | undefined {
  try {
    return readPastedAddress(text);
  } catch (error) {
    if (!isRegistryError(error, 'invalid')) throw error;
    assert.ok(!error.message.includes('CANARY'), error.message);
    return undefined;
  }
}

import assert from 'node:assert/strict';
import type { RegistryAdapter, RegistrySession } from '../../src/api.ts';
import { microsoftAdapter } from '../../src/core/adapters/microsoft.ts';
import {
  chainguardAdapter,
  kubernetesAdapter,
  nvidiaAdapter,
  redHatAdapter,
} from '../../src/core/adapters/publicRegistries.ts';
import { openSession } from '../../src/core/openSession.ts';
import { closeAfterEach } from '../support/closeAfterEach.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { type NamedRegistry, startNamedRegistry } from '../support/namedRegistry.ts';
import { json, type RegistryRequest, type Reply } from '../support/sampleRegistry/http.ts';
import type { SampleRegistryOptions } from '../support/sampleRegistry.ts';
import { type Ability, describeAdapterContract, pushContent } from './adapterContract.ts';

const { signal } = new AbortController();

for (const { name, adapter, origin, offers, answer, options = {} } of [
  {
    name: 'Microsoft Artifact Registry (sample registry)',
    adapter: microsoftAdapter,
    origin: 'https://mcr.microsoft.com',
    offers: ['listRepositories', 'listReferrers', 'webUrl'],
    options: { catalog: true },
  },
  {
    name: 'registry.k8s.io (sample registry)',
    adapter: kubernetesAdapter,
    origin: 'https://registry.k8s.io',
    offers: ['listReferrers'],
  },
  {
    name: 'NVIDIA NGC (sample registry)',
    adapter: nvidiaAdapter,
    origin: 'https://nvcr.io',
    offers: ['listReferrers'],
  },
  {
    name: 'Chainguard (sample registry)',
    adapter: chainguardAdapter,
    origin: 'https://cgr.dev',
    offers: ['listReferrers', 'putManifest', 'mountBlob', 'uploadBlob', 'deleteTag', 'deleteManifest', 'tagHistory'],
    answer: answerHistory,
  },
  {
    name: 'Red Hat (sample registry)',
    adapter: redHatAdapter,
    origin: 'https://registry.access.redhat.com',
    offers: ['listReferrers', 'searchRepositories'],
    answer: answerSearch,
  },
] as readonly {
  readonly name: string;
  readonly adapter: RegistryAdapter;
  readonly origin: string;
  readonly offers: readonly Ability[];
  readonly answer?: typeof answerHistory;
  readonly options?: SampleRegistryOptions;
}[]) {
  describeAdapterContract({
    name,
    start: async (content) => {
      const named = await startNamedRegistry(origin, {
        catalog: false,
        ...options,
        fault: (request) => {
          const reply = answer?.(request, named);
          return reply && { reply };
        },
      });
      pushContent(content, named.registry.push);
      return {
        adapter,
        connection: { url: origin },
        send: named.send,
        holdsReferrer: true,
        close: () => named.close(),
      };
    },
    offers,
  });
}

describe('Chainguard', () => {
  const start = closeAfterEach((reply?: Reply) =>
    startNamedRegistry('https://cgr.dev', reply === undefined ? {} : { fault: () => ({ reply }) }),
  );

  it('tells the history of a tag, newest first, in both spellings', async () => {
    const [older, newer] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
    const expected = [
      { digest: newer, from: '2025-02-01T00:00:00.000Z' },
      { digest: older, from: '2025-01-01T00:00:00.000Z', until: '2025-02-01T00:00:00.000Z' },
    ];
    for (const document of [
      {
        history: [
          { updateTimestamp: '2025-01-01T00:00:00Z', digest: older },
          { updateTimestamp: '2025-02-01T00:00:00Z', digest: newer },
        ],
      },
      {
        History: [
          { UpdateTimestamp: '2025-02-01T00:00:00Z', Digest: newer },
          { UpdateTimestamp: '2025-01-01T00:00:00Z', Digest: older },
          { UpdateTimestamp: 'never', Digest: older },
        ],
      },
    ]) {
      const named = await start(json(200, document));
      const history = await open(chainguardAdapter, 'https://cgr.dev', named)
        .repository('chainguard/nginx')
        .tagHistory?.('latest', { signal });
      assert.deepEqual(history?.items, expected);
      assert.equal(named.requests[0]?.path, '/v2/chainguard/nginx/_chainguard/history/latest');
    }
  });
});

describe('Red Hat', () => {
  it('is searched where its registry is open to everybody, and only there', async () => {
    const named = await startNamedRegistry('https://registry.redhat.io', {});
    assert.equal(open(redHatAdapter, 'https://registry.redhat.io', named).searchRepositories, undefined);
    await named.close();
  });
});

function open(adapter: RegistryAdapter, url: string, { send }: NamedRegistry): RegistrySession {
  return openSession(fakePorts({ openTransport: () => send, now: Date.now }), {
    adapter,
    connection: { url },
    findLogin: async () => undefined,
  });
}

/** https://edu.chainguard.dev/chainguard/chainguard-images/features/using-the-tag-history-api/ */
function answerHistory({ url }: RegistryRequest, { registry }: NamedRegistry): Reply | undefined {
  const [, name = '', tag = ''] = /^\/v2\/(.+)\/_chainguard\/history\/([^/]+)$/.exec(url.pathname) ?? [];
  const digest = registry.storage.repositories.get(name)?.tags.get(tag);
  return digest === undefined
    ? undefined
    : json(200, { history: [{ updateTimestamp: '2025-06-01T08:00:00Z', digest }] });
}

/** The search of the first version of the registry protocol, as `docker search` asks for it: moby, registry/search.go. */
function answerSearch({ url }: RegistryRequest, { registry }: NamedRegistry): Reply | undefined {
  if (url.pathname !== '/v1/search') return undefined;
  const query = url.searchParams.get('q') ?? '';
  const found = [...registry.storage.repositories.keys()].filter((name) => name.includes(query));
  const results = found.map((name) => ({ name, description: '', is_official: true, star_count: 0 }));
  return json(200, { num_pages: 1, num_results: found.length, page: 1, page_size: 100, query, results });
}

import assert from 'node:assert/strict';
import { connectionId } from '../../../src/core/connections.ts';
import { cancelled } from '../../../src/core/errors.ts';
import { LoginOffer } from '../../../src/core/loginOffer.ts';
import type { DiscoveredRegistry } from '../../../src/core/useCases/discovery.ts';

const ghcr: DiscoveredRegistry = found('ghcr.io');
const quay: DiscoveredRegistry = found('quay.io');
const gcr: DiscoveredRegistry = { ...found('gcr.io'), helper: 'docker-credential-gcloud' };

describe('The offer of logins that the machine has', () => {
  it('is nothing before somebody looks', () => {
    const { offer, looks } = make([ghcr]);
    assert.deepEqual(offer.current(), []);
    assert.deepEqual(looks, []);
  });

  it('is what was found, but for what a helper may have or not', async () => {
    const { offer, changes } = make([ghcr, gcr]);
    await offer.look(noAbort());
    assert.deepEqual(offer.current(), [ghcr]);
    assert.equal(changes.length, 1);
  });

  it('leaves out what was connected meanwhile', async () => {
    const { offer, connected } = make([ghcr, quay]);
    await offer.look(noAbort());
    connected.push('https://ghcr.io');
    assert.deepEqual(offer.current(), [quay]);
  });

  it('is gone once the user has answered, and kept so', async () => {
    const { offer, changes, marked } = make([ghcr, quay]);
    await offer.look(noAbort());
    await offer.answered([ghcr]);
    assert.deepEqual(offer.current(), [quay]);
    assert.deepEqual(marked, ['ghcr.io']);
    assert.equal(changes.length, 2);
  });

  it('is looked for once at a time', async () => {
    const { offer, looks } = make([ghcr]);
    await Promise.all([offer.look(noAbort()), offer.look(noAbort())]);
    assert.equal(looks.length, 1);
  });

  it('stays as it was when looking is stopped', async () => {
    const { offer } = make([ghcr]);
    await offer.look(noAbort());
    await offer.look(AbortSignal.abort());
    assert.deepEqual(offer.current(), [ghcr]);
  });
});

function found(registry: string): DiscoveredRegistry {
  return { registry, path: '', owner: 'docker', detail: 'config.json', url: `https://${registry}` };
}

function noAbort(): AbortSignal {
  return new AbortController().signal;
}

function make(registries: readonly DiscoveredRegistry[]) {
  const connected: string[] = [];
  const marked: string[] = [];
  const looks: unknown[] = [];
  const changes: unknown[] = [];
  const offer = new LoginOffer(
    {
      discoverRegistries: async (options = {}) => {
        looks.push(options);
        if (options.signal?.aborted) throw cancelled(options.signal);
        return registries;
      },
      markOffered: async (names) => void marked.push(...names),
    },
    {
      all: () =>
        connected.map((url) => ({
          ...{ id: connectionId(url, undefined), url, label: url },
          ...{ adapterId: 'oci', origin: 'added' as const },
        })),
    },
  );
  offer.onDidChange(() => changes.push(offer.current()));
  return { offer, connected, marked, looks, changes };
}

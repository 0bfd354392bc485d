import assert from 'node:assert/strict';
import type { Descriptor, RepositorySession } from '../../../../src/api.ts';
import { RegistryError } from '../../../../src/core/errors.ts';
import { findSignatures } from '../../../../src/core/trust/signatures.ts';
import { rejection } from '../../../support/registryErrors.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const { signal } = new AbortController();

describe('the signatures of an image', () => {
  it('are those that refer to it, by their kind', async () => {
    const types = [
      'application/vnd.cncf.notary.signature',
      'application/vnd.dev.sigstore.bundle.v0.3+json',
      'application/vnd.dev.cosign.artifact.sig.v1+json',
      'application/vnd.cyclonedx+json',
    ];
    const { session } = repository({ referrers: types.map((artifactType) => ({ artifactType })) });
    assert.deepEqual(await findSignatures(session, digest, signal), [
      { kind: 'notation' },
      { kind: 'sigstore' },
      { kind: 'cosign' },
    ]);
  });

  it('are no bundles that hold a statement about it', async () => {
    const { session } = repository({
      referrers: [
        {
          artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
          annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope' },
        },
      ],
    });
    assert.deepEqual(await findSignatures(session, digest, signal), []);
  });

  it('are those of cosign under a tag, with their certificates', async () => {
    const { session } = repository({ layers: [{ 'dev.sigstore.cosign/certificate': 'PEM' }, {}] });
    assert.deepEqual(await findSignatures(session, digest, signal), [
      { kind: 'cosign', certificate: 'PEM' },
      { kind: 'cosign' },
    ]);
  });

  it('take no manifest where there is no such tag', async () => {
    const { session, asked } = repository({});
    assert.deepEqual(await findSignatures(session, digest, signal), []);
    assert.deepEqual(asked, [`referrers ${digest}`, `HEAD sha256-${'a'.repeat(64)}.sig`]);
  });

  it('are told to a number, however many were pushed', async () => {
    const { session } = repository({ layers: Array.from({ length: 1000 }, () => ({})) });
    assert.equal((await findSignatures(session, digest, signal)).length, 20);
  });

  it('are unknown where the registry does not answer', async () => {
    const { session } = repository({ failure: new RegistryError('denied', 'registry.example says no.') });
    await rejection(findSignatures(session, digest, signal), 'denied');
  });
});

function repository(options: {
  readonly referrers?: readonly Partial<Descriptor>[];
  readonly layers?: readonly Readonly<Record<string, string>>[];
  readonly failure?: Error;
}): { readonly session: RepositorySession; readonly asked: readonly string[] } {
  const { referrers = [], layers, failure = new RegistryError('not-found', 'It is not there.') } = options;
  const asked: string[] = [];
  const entry = { mediaType: manifestType, digest: other, size: 1 };
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { ...entry, mediaType: 'application/vnd.oci.image.config.v1+json' },
    layers: layers?.map((annotations) => ({ ...entry, annotations })),
  };
  const session = {
    resolve: async (tag: string) => {
      asked.push(`HEAD ${tag}`);
      if (layers === undefined) throw failure;
      return entry;
    },
    fetchManifest: async (tag: string) => {
      asked.push(`GET ${tag}`);
      return { descriptor: entry, bytes: new TextEncoder().encode(JSON.stringify(manifest)) };
    },
    listReferrers: async (subject: string) => {
      asked.push(`referrers ${subject}`);
      return { items: referrers.map((referrer) => ({ ...entry, ...referrer })) };
    },
  };
  return { session: session as unknown as RepositorySession, asked };
}

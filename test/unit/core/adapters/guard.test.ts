import assert from 'node:assert/strict';
import type { AdapterContext, RegistrySession, RepositorySession } from '../../../../src/api.ts';
import { guardAdapter } from '../../../../src/core/adapters/guard.ts';
import { cancelled, RegistryError } from '../../../../src/core/errors.ts';
import { createHash } from '../../../../src/node/hash.ts';
import { rejection, thrown } from '../../../support/registryErrors.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const bytes = new TextEncoder().encode('{}');
const bytesDigest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
const { signal } = new AbortController();
const never = new Promise<never>(() => {});

describe('the guard around an adapter of another extension', () => {
  describe('lists', () => {
    it('leave out what is no item, with one warning', async () => {
      const { session, warnings } = open({
        listRepositories: async () => ({
          items: [null, 7, {}, { name: 'Shop/Web' }, { name: 'shop/web', pulls: 'x' }] as never,
        }),
      });
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(await session.listRepositories?.(undefined, { signal }), { items: [{ name: 'shop/web' }] });
      }
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /Shelf gave 4 items in listRepositories/);
    });

    it('keep of a tag what can be shown', async () => {
      const { repository } = open(
        {},
        {
          listTags: async () =>
            ({
              items: [
                { name: '1.0', digest: 'none', size: -1, pushedAt: 'soon', platforms: ['linux/amd64'], extra: 1 },
                { name: 'two words' },
                { name: '2.0', digest, size: 3, pushedAt: '2025-01-01' },
              ],
              cursor: 'x'.repeat(5000),
              total: 2,
            }) as never,
        },
      );
      assert.deepEqual(await repository.listTags({ signal }), {
        items: [
          { name: '1.0', platforms: ['linux/amd64'] },
          { name: '2.0', digest, size: 3, pushedAt: '2025-01-01T00:00:00.000Z' },
        ],
        total: 2,
      });
    });

    it('are bounded', async () => {
      const { repository } = open(
        {},
        {
          listTags: async () => ({ items: Array.from({ length: 50_000 }, (_, number) => ({ name: `v${number}` })) }),
        },
      );
      assert.equal((await repository.listTags({ signal })).items.length, 10_000);
    });

    for (const page of [undefined, null, [], 'x', { items: 7 }]) {
      it(`are none when ${JSON.stringify(page)} came`, async () => {
        const { repository } = open({}, { listTags: async () => page as never });
        assert.match(
          (await rejection(repository.listTags({ signal }), 'protocol')).message,
          /shelf\.example.*"listTags"/,
        );
      });
    }

    it('may be objects that fight back', async () => {
      const hostile = new Proxy({}, { get: () => assert.fail('trap') });
      const { repository } = open({}, { listTags: async () => hostile as never });
      assert.match((await rejection(repository.listTags({ signal }), 'protocol')).message, /trap/);
    });
  });

  describe('calls', () => {
    it('end by a deadline, whatever the adapter does', async () => {
      const { session } = open({ test: () => never }, {}, async () => {});
      const error = await rejection(session.test({ signal }), 'timeout');
      assert.match(error.message, /shelf\.example.*Shelf.*60 seconds/);
    });

    it('end when their caller leaves, and stop the adapter', async () => {
      const controller = new AbortController();
      let given: AbortSignal | undefined;
      const { session } = open({
        test: (options) => {
          given = options.signal;
          controller.abort();
          return never;
        },
      });
      await rejection(session.test(controller), 'cancelled');
      assert.equal(given?.aborted, true);
    });

    it('that upload may take as long as a blob is large, until their caller leaves', async () => {
      const controller = new AbortController();
      const { repository } = open({}, { uploadBlob: () => never }, async () => {});
      const blob = { mediaType: 'application/octet-stream', digest, size: 1 };
      const source = (): AsyncGenerator<Uint8Array> => from([]);
      const uploading = repository.uploadBlob?.(blob, source, controller) ?? assert.fail();
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      await rejection(uploading, 'cancelled');
    });

    it('are not made for a caller that has left', async () => {
      const { session } = open({ test: () => assert.fail('called') });
      await rejection(session.test({ signal: AbortSignal.abort() }), 'cancelled');
    });
  });

  describe('errors', () => {
    const errorOf = async (thing: unknown): Promise<RegistryError> => {
      const { session } = open({
        test: () => {
          throw thing;
        },
      });
      return rejection(session.test({ signal }), 'protocol');
    };

    it('of the adapter name it, the host and what to do', async () => {
      assert.equal(
        (await errorOf(new TypeError('x is undefined'))).message,
        'shelf.example could not be read: the adapter Shelf of another extension failed: "x is undefined". Tell its author, or choose another kind for this registry.',
      );
      assert.match((await errorOf('a\nb'.repeat(1000))).message, /failed: "a ba b/);
      assert.ok((await errorOf('x'.repeat(100_000))).message.length < 500);
      assert.match((await errorOf(Object.create(null))).message, /cannot be shown/);
    });

    it('with the brand keep their code, if there is such a code', async () => {
      const branded = (code: string): Error =>
        Object.assign(new Error('no such shelf'), { code, [Symbol.for('gantry.RegistryError')]: true });
      const { session } = open({ test: async () => Promise.reject(branded('not-found')) });
      assert.equal((await rejection(session.test({ signal }), 'not-found')).message, 'shelf.example: no such shelf.');
      await errorOf(branded('constructor'));
    });

    it('of Gantry pass as they are', async () => {
      const own = new RegistryError('denied', 'shelf.example does not allow it.', { host: 'shelf.example' });
      const { session } = open({ test: async () => Promise.reject(own) });
      assert.equal(await rejection(session.test({ signal }), 'denied'), own);
    });

    it('called "cancelled" are none of a caller that has not left', async () => {
      const { session } = open({ test: async () => Promise.reject(cancelled(AbortSignal.abort())) });
      await rejection(session.test({ signal }), 'cancelled');
    });

    it('of opening a session or a repository are errors of ours too', () => {
      const fail = (): never => {
        throw new Error('boom');
      };
      assert.match(thrown(() => openGuarded(fail), 'protocol').message, /boom/);
      assert.match(thrown(() => openGuarded(() => ({}) as never), 'protocol').message, /lacks/);
      const { session } = open({ repository: fail });
      assert.match(thrown(() => session.repository('shop/web'), 'protocol').message, /boom/);
      assert.doesNotThrow(() => open({ dispose: fail }).session.dispose?.());
      assert.equal(open({}, { webUrl: fail }).repository.webUrl?.(), undefined);
      assert.equal(open({}, { webUrl: () => 'javascript:alert(1)' }).repository.webUrl?.(), undefined);
    });
  });

  describe('content', () => {
    const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: bytesDigest, size: 2 };

    it('is a manifest only when its bytes are what the digest names', async () => {
      const good = open({}, { fetchManifest: async () => ({ descriptor, bytes }) }).repository;
      assert.deepEqual((await good.fetchManifest(bytesDigest, { signal })).bytes, bytes);
      await rejection(good.fetchManifest(digest, { signal }), 'digest-mismatch');
      const lying = open(
        {},
        { fetchManifest: async () => ({ descriptor: { ...descriptor, digest }, bytes }) },
      ).repository;
      await rejection(lying.fetchManifest('latest', { signal }), 'digest-mismatch');
      const huge = open({}, { fetchManifest: async () => ({ descriptor, bytes: new Uint8Array(5 * 1024 * 1024) }) });
      await rejection(huge.repository.fetchManifest('latest', { signal }), 'too-large');
      const none = open({}, { fetchManifest: async () => ({ descriptor, bytes: '{}' }) as never }).repository;
      await rejection(none.fetchManifest('latest', { signal }), 'protocol');
    });

    it('is a blob only when it is what the digest names, and of its size', async () => {
      const blob = (...chunks: readonly Uint8Array[]): Promise<Uint8Array[]> =>
        readBlob(open({}, { openBlob: async () => ({ size: 2, chunks: from(chunks) }) }).repository);
      assert.deepEqual(await blob(bytes), [bytes]);
      await rejection(blob(bytes, bytes), 'digest-mismatch');
      await rejection(blob(new TextEncoder().encode('[]')), 'digest-mismatch');
      await rejection(blob('{}' as never), 'protocol');
    });

    it('may not keep anybody waiting between its parts', async () => {
      async function* stuck(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(1);
        await never;
      }
      const sleeps: (() => void)[] = [];
      const sleep = (): Promise<void> => new Promise((resolve) => sleeps.push(resolve));
      const { repository } = open({}, { openBlob: async () => ({ size: 2, chunks: stuck() }) }, sleep);
      const reading = readBlob(repository);
      const deadline = setInterval(() => sleeps.splice(0).at(-1)?.(), 1);
      await rejection(reading, 'timeout').finally(() => clearInterval(deadline));
    });

    async function readBlob(repository: RepositorySession): Promise<Uint8Array[]> {
      const { chunks } = await repository.openBlob(descriptor, { signal });
      const all: Uint8Array[] = [];
      for await (const chunk of chunks) all.push(chunk);
      return all;
    }
  });

  it('offers what the adapter offers, and nothing else', () => {
    const bare = open();
    assert.deepEqual(Object.keys(bare.session).sort(), ['dispose', 'repository', 'test']);
    assert.deepEqual(Object.keys(bare.repository).sort(), ['fetchManifest', 'listTags', 'openBlob', 'resolve']);
    const more = open({ listNamespaces: 7 as never }, { deleteTag: async () => {} });
    assert.equal(more.session.listNamespaces, undefined);
    assert.ok(more.repository.deleteTag !== undefined);
  });
});

function open(
  session: Partial<RegistrySession> = {},
  repository: Partial<RepositorySession> = {},
  sleep: () => Promise<void> = () => never,
): { readonly session: RegistrySession; readonly repository: RepositorySession; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const fail = async (): Promise<never> => assert.fail('not expected');
  const inner: RepositorySession = {
    listTags: fail,
    resolve: fail,
    fetchManifest: fail,
    openBlob: fail,
    ...repository,
  };
  const opened = openGuarded(() => ({ test: async () => {}, repository: () => inner, ...session }), sleep, warnings);
  const whole = session.repository === undefined ? opened.repository('shop/web') : inner;
  return { session: opened, repository: whole, warnings };
}

function openGuarded(
  openSession: () => RegistrySession,
  sleep: () => Promise<void> = () => never,
  warnings: string[] = [],
): RegistrySession {
  const log = { warn: (message: string) => void warnings.push(message) };
  const adapter = guardAdapter(
    { id: 'shelf', label: 'Shelf', hosts: [], open: openSession },
    { createHash, log, sleep },
  );
  return adapter.open({ url: 'https://shelf.example' }, {} as AdapterContext);
}

async function* from(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

import assert from 'node:assert/strict';
import { TransferJobs, type TransferRequest } from '../../../src/core/transferJobs.ts';
import {
  assembleRequest,
  copyOptionsOf,
  copyRequest,
  type KeptCopyOptions,
  sourcesOf,
} from '../../../src/core/transferRequests.ts';
import { fakePorts } from '../../support/fakePorts.ts';

const { signal } = new AbortController();
const source = 'registry.example/shop/web:1.0';
const target = 'other.example/web:2.0';
const options: Required<KeptCopyOptions> = {
  ...{ connectionId: 'a', targetConnectionId: 'b', platform: 'linux/arm64', expected: `sha256:${'1'.repeat(64)}` },
  ...{ overwrite: true, referrers: false },
};

/** What a window finds of a transfer that was under way when the one before was closed. */
async function afterReload(request: TransferRequest): Promise<TransferRequest> {
  const { state } = fakePorts();
  void new TransferJobs(state, () => 0).run(request, { hosts: [], signal }, () => new Promise(() => {}));
  return new TransferJobs(state, () => 0).all()[0]?.request ?? assert.fail('it is not there');
}

describe('what a transfer was asked for', () => {
  it('outlives the window with every option, those that say no as well', async () => {
    const request = copyRequest(source, target, { ...options, signal, onProgress: () => {} });
    assert.deepEqual(copyOptionsOf(request), options);
    assert.deepEqual(copyOptionsOf(await afterReload(request)), options);
    assert.deepEqual(copyOptionsOf(await afterReload(copyRequest(source, target, {}))), {});
  });

  it('is a push from this machine to a registry', () => {
    const kind = (from: string, to: string): string => copyRequest(from, to, {}).kind;
    assert.deepEqual(
      [kind(source, target), kind('oci:/images:1', target), kind(source, 'oci:/images'), kind('oci:/a:1', 'oci:/b')],
      ['copy', 'push', 'copy', 'copy'],
    );
  });

  it('names all that is combined', async () => {
    const request = await afterReload(assembleRequest([source, target], 'shop/all:1', { referrers: false }));
    assert.deepEqual([request.kind, request.source], ['assemble', `${source}, ${target}`]);
    assert.deepEqual([sourcesOf(request), copyOptionsOf(request)], [[source, target], { referrers: false }]);
  });

  it('is read as far as it is what it should be, whoever has written it', () => {
    const odd = { kind: 'copy' as const, source, options: { platform: 1, overwrite: 'yes', sources: [1, 'a'] } };
    assert.deepEqual([copyOptionsOf(odd), sourcesOf(odd)], [{}, ['a']]);
    assert.deepEqual([copyOptionsOf({ kind: 'copy', source }), sourcesOf({ kind: 'copy', source })], [{}, []]);
  });
});

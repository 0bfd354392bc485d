import assert from 'node:assert/strict';
import { Connections } from '../../../src/core/connections.ts';
import { createGantry } from '../../../src/core/gantry.ts';
import type { HttpRequest, HttpResponse, Send } from '../../../src/core/ports.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { writeImage } from '../../support/imageWriter.ts';
import type { Artifact } from '../../support/oci.ts';
import { fakeResponse } from './registry/fakeHttp.ts';

const repository = 'registry.example/shop/web';
const [before, after] = ['before', 'after'].map((author) =>
  writeImage({ platform: { os: 'linux', architecture: 'amd64' }, steps: [], author }),
) as [Artifact, Artifact];
const moved = after.manifest.descriptor.digest;

describe('A tag that is moved', () => {
  it('names the new image also for who looks at it while it is written', async () => {
    const { gantry } = open({ beforePut: () => gantry.inspect(`${repository}:1.0`) });
    await gantry.tag(`${repository}@${moved}`, '1.0', { overwrite: true });
    assert.equal((await gantry.openFiles(`${repository}:1.0`)).image.digest, moved);
  });

  it('names the new image also where what it was before is told late', async () => {
    let inspection: Promise<unknown> = Promise.resolve();
    const { gantry, isAsked, tellLate } = open({
      beforePut: () => {
        inspection = gantry.inspect(`${repository}:1.0`);
        return isAsked;
      },
      isLate: true,
    });
    await gantry.tag(`${repository}@${moved}`, '1.0', { overwrite: true });
    tellLate();
    await inspection;
    assert.equal((await gantry.openFiles(`${repository}:1.0`)).image.digest, moved);
  });

  it('names the new image also where the registry says that it has not taken it', async () => {
    const { gantry } = open({ beforePut: () => gantry.inspect(`${repository}:1.0`), putStatus: 403 });
    await assert.rejects(gantry.tag(`${repository}@${moved}`, '1.0', { overwrite: true }));
    assert.equal((await gantry.openFiles(`${repository}:1.0`)).image.digest, moved);
  });
});

/** A registry whose tag `1.0` names `before`, until it is written. */
function open({
  beforePut,
  isLate = false,
  putStatus = 201,
}: {
  readonly beforePut: () => Promise<unknown>;
  /** Answers what the tag names before it is written only when told. */
  readonly isLate?: boolean;
  readonly putStatus?: number;
}) {
  let tagged = before;
  const { promise: late, resolve: tellLate } = untilTold();
  const { promise: isAsked, resolve: markAsked } = untilTold();
  const send: Send = async (request: HttpRequest): Promise<HttpResponse> => {
    const name = request.url.pathname.split('/').at(-1);
    if (request.method === 'PUT') {
      await beforePut();
      tagged = after;
      return fakeResponse({ status: putStatus, headers: { 'docker-content-digest': moved } });
    }
    const image = name === '1.0' ? tagged : [before, after].find(({ manifest }) => manifest.descriptor.digest === name);
    if (name === '1.0') markAsked();
    if (name === '1.0' && image === before && isLate) await late;
    if (image !== undefined) {
      const { descriptor, bytes } = image.manifest;
      return fakeResponse({ headers: { 'content-type': descriptor.mediaType }, body: bytes });
    }
    const blob = [...before.blobs, ...after.blobs].find(({ descriptor }) => descriptor.digest === name);
    return blob === undefined ? fakeResponse({ status: 404 }) : fakeResponse({ body: blob.bytes });
  };
  const ports = fakePorts({ openTransport: () => send });
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
  return { gantry: createGantry(ports, connections), isAsked, tellLate };
}

function untilTold() {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

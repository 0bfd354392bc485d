import assert from 'node:assert/strict';
import { Connections } from '../../../src/core/connections.ts';
import { createGantry, type Gantry } from '../../../src/core/gantry.ts';
import { createLazyGantry } from '../../../src/core/lazyGantry.ts';
import { fakePorts } from '../../support/fakePorts.ts';
import { rejection } from '../../support/registryErrors.ts';

describe('createLazyGantry', () => {
  it('answers what needs no registry without loading anything', () => {
    const { service, loads } = make();
    assert.equal(service.parseReference('nginx').familiar, 'nginx');
    assert.equal(service.isConnected(service.parseReference('nginx')), true);
    assert.equal(service.connections().length, 1);
    assert.equal(loads(), 0);
  });

  it('loads once for all that need it', async () => {
    const { service, loads } = make();
    const finding = [1, 2, 3].map(() => service.findReferences('FROM nginx', 'dockerfile'));
    assert.deepEqual(
      (await Promise.all(finding)).map((mentions) => mentions.length),
      [1, 1, 1],
    );
    assert.equal(loads(), 1);
  });

  it('passes errors on', async () => {
    await rejection(make().service.inspect('Nginx'), 'invalid');
  });

  it('offers all that a Gantry offers', () => {
    const { service, gantry } = make();
    assert.deepEqual(Object.keys(service).sort(), Object.keys(gantry).sort());
  });
});

function make() {
  const ports = fakePorts();
  const connections = new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] });
  const gantry = createGantry(ports, connections);
  let count = 0;
  const load = async (): Promise<Gantry> => {
    count++;
    return gantry;
  };
  return { service: createLazyGantry(connections, load), gantry, loads: () => count };
}

import assert from 'node:assert/strict';
import { Connections } from '../../../src/core/connections.ts';
import { createGantry } from '../../../src/core/gantry.ts';
import { publicApi } from '../../../src/core/publicApi.ts';
import { fakePorts } from '../../support/fakePorts.ts';

const ports = fakePorts();
const gantry = createGantry(
  ports,
  new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] }),
);

const host = { reveal: async (): Promise<boolean> => false, registerAdapter: () => ({ dispose: () => {} }) };

describe('publicApi', () => {
  it('answers for version 1', () => {
    const result = publicApi(gantry, host, { version: 1, isEnabled: true });
    assert.ok(result.available);
    assert.equal(result.api.parseReference('nginx').canonical, 'docker.io/library/nginx:latest');
  });

  it('knows no other version', () => {
    for (const version of [0, 2, 1.5, Number.NaN])
      assert.deepEqual(publicApi(gantry, host, { version, isEnabled: true }), {
        available: false,
        reason: 'version-unknown',
      });
  });

  it('is not there when the user has switched it off', () => {
    for (const version of [1, 2])
      assert.deepEqual(publicApi(gantry, host, { version, isEnabled: false }), {
        available: false,
        reason: 'disabled',
      });
  });

  it('has nothing but what the contract names: no deleting, and no way to the ports', () => {
    const result = publicApi(gantry, host, { version: 1, isEnabled: true });
    assert.ok(result.available);
    assert.equal(Object.getPrototypeOf(result.api), Object.prototype);
    assert.deepEqual(Object.keys(result.api).sort(), [
      'addConnection',
      'connections',
      'copy',
      'findReferences',
      'inspect',
      'listFiles',
      'listRepositories',
      'listTags',
      'parseReference',
      'readFile',
      'registerAdapter',
      'removeConnection',
      'reveal',
      'tag',
    ]);
  });
});

import assert from 'node:assert/strict';
import { Connections } from '../../../src/core/connections.ts';
import { Gantry } from '../../../src/core/gantry.ts';
import { publicApi } from '../../../src/core/publicApi.ts';
import { fakePorts } from '../../support/fakePorts.ts';

const ports = fakePorts();
const gantry = new Gantry(ports, new Connections({ state: ports.state, secrets: ports.secrets, configured: () => [] }));

describe('publicApi', () => {
  it('answers for version 1', () => {
    const result = publicApi(gantry, 1, true);
    assert.ok(result.available);
    assert.equal(result.api.parseReference('nginx').canonical, 'docker.io/library/nginx:latest');
  });

  it('knows no other version', () => {
    for (const version of [0, 2, 1.5, Number.NaN])
      assert.deepEqual(publicApi(gantry, version, true), { available: false, reason: 'version-unknown' });
  });

  it('is not there when the user has switched it off', () => {
    for (const version of [1, 2])
      assert.deepEqual(publicApi(gantry, version, false), { available: false, reason: 'disabled' });
  });

  it('has nothing but what the contract names: no deleting, and no way to the ports', () => {
    const result = publicApi(gantry, 1, true);
    assert.ok(result.available);
    assert.equal(Object.getPrototypeOf(result.api), Object.prototype);
    assert.deepEqual(Object.keys(result.api).sort(), [
      'addConnection',
      'connections',
      'findReferences',
      'inspect',
      'listRepositories',
      'listTags',
      'parseReference',
      'removeConnection',
      'tag',
    ]);
  });
});

import assert from 'node:assert/strict';
import {
  defaultLabel,
  localSource,
  parseConnectionUrl,
  registryOf,
  repositoryReference,
  servedPath,
  urlOfReference,
} from '../../../src/core/connectionUrl.ts';
import { thrown } from '../../support/registryErrors.ts';

describe('addresses of images of this machine', () => {
  for (const [text, url] of [
    ['oci:/srv/images/web', 'oci:/srv/images/web'],
    [' oci:/srv//images/./x/../web/ ', 'oci:/srv/images/web'],
    ['oci:/My images/web', 'oci:/My images/web'],
    ['oci:/100%/#1?', 'oci:/100%/#1?'],
    ['docker-archive:/srv/web.tar', 'docker-archive:/srv/web.tar'],
    ['oci:C:\\images\\web', 'oci:/C:/images/web'],
    ['docker-archive:C:/web.tar', 'docker-archive:/C:/web.tar'],
    [' engine:/ ', 'engine:/'],
  ] as const) {
    it(`take ${JSON.stringify(text)} for ${url}`, () => {
      assert.equal(parseConnectionUrl(text), url);
      assert.equal(parseConnectionUrl(url), url);
    });
  }

  for (const text of ['oci:/', 'oci:/srv/web:1.0', 'oci:/we\u0000b', 'docker-archive:/..']) {
    it(`are not ${JSON.stringify(text)}`, () => {
      const { message } = thrown(() => parseConnectionUrl(text), 'invalid');
      assert.match(message, /Write oci: or docker-archive: and the absolute path/);
    });
  }

  it('are told from a host of that name', () => {
    assert.equal(parseConnectionUrl('oci:5000'), 'https://oci:5000');
    assert.equal(parseConnectionUrl('engine:5000'), 'https://engine:5000');
    thrown(() => parseConnectionUrl('oci://registry.example/app'), 'invalid');
  });

  it('serve the references of their own path, and of no other', () => {
    const url = 'oci:/srv/images/web';
    assert.deepEqual(localSource(url), { registry: 'oci:', path: '/srv/images/web' });
    assert.equal(localSource('https://registry.example/oci:/web'), undefined);
    assert.equal(registryOf(url), 'oci:');
    assert.equal(servedPath(url, { registry: 'oci:', repository: '/srv/images/web' }), '/srv/images/web');
    for (const other of ['/srv/images', '/srv/images/web/deeper', '/srv/images/web2']) {
      assert.equal(servedPath(url, { registry: 'oci:', repository: other }), undefined);
    }
    assert.equal(servedPath(url, { registry: 'docker-archive:', repository: '/srv/images/web' }), undefined);
    assert.equal(servedPath('https://registry.example', { registry: 'oci:', repository: '/srv' }), undefined);
    assert.equal(repositoryReference(url, '/srv/images/web'), 'oci:/srv/images/web');
  });

  it('of the engine serve the images that it has, and no reference of their registries', () => {
    const url = 'engine:/';
    const nginx = { registry: 'engine:/', repository: 'docker.io/library/nginx' };
    assert.equal(registryOf(url), 'engine:/');
    assert.equal(servedPath(url, nginx), '');
    assert.equal(servedPath(url, { registry: 'docker.io', repository: 'library/nginx' }), undefined);
    assert.equal(servedPath('https://registry-1.docker.io', nginx), undefined);
    assert.equal(repositoryReference(url, nginx.repository), 'engine:/docker.io/library/nginx');
    assert.equal(urlOfReference(nginx), url);
  });

  it('are called by the name of the folder or file', () => {
    assert.equal(defaultLabel('engine:/'), 'Container engine');
    assert.equal(defaultLabel('docker-archive:/srv/web.tar'), 'web.tar');
    assert.equal(defaultLabel('https://registry.example/team'), 'registry.example');
  });
});

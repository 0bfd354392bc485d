import assert from 'node:assert/strict';
import { apiOrigin, belongsTo, isDerived } from '../../../../src/core/adapters/apiOrigin.ts';

const cloud = { label: 'Cloud', hosts: ['*.registry.{region}.cloud.example'] };
const registry = new URL('https://team.registry.eu-1.cloud.example');
const origin = (template: string, at = registry): string =>
  apiOrigin({ id: 'api', origin: template, auth: 'basic' }, cloud, at);

describe('apiOrigin', () => {
  it('takes what the host says of the region', () => {
    assert.equal(origin('https://api.{region}.cloud.example'), 'https://api.eu-1.cloud.example');
  });

  it("knows the registry's own host and origin", () => {
    assert.equal(origin('https://api.{host}'), 'https://api.team.registry.eu-1.cloud.example');
    assert.equal(origin('{origin}', new URL('http://localhost:5000/team')), 'http://localhost:5000');
  });

  it('takes the domain of a host, where it has one', () => {
    assert.equal(origin('https://{domain}', new URL('https://containers.git.example:8443')), 'https://git.example');
    for (const host of ['localhost', 'registry.example', '10.0.0.1', '[2001:db8::1]']) {
      assert.throws(() => origin('https://{domain}', new URL(`https://${host}`)), { code: 'invalid' }, host);
    }
  });

  it('says that a host of another form does not tell', () => {
    const elsewhere = new URL('https://registry.example');
    assert.throws(
      () => origin('https://api.{region}.cloud.example', elsewhere),
      /registry\.example.*Cloud.*another kind/,
    );
  });

  for (const template of [
    'https://api.example/path',
    'api.example',
    'https://user:x@api.example',
    'https://{region}:x',
  ]) {
    it(`refuses ${template}, which is no origin`, () => assert.throws(() => origin(template), { code: 'invalid' }));
  }
});

describe('belongsTo', () => {
  const api = 'https://api.eu-1.cloud.example';

  it("lets a login go to the registry itself and from a vendor's own registry to its API", () => {
    assert.ok(belongsTo('https://mirror.example', cloud, new URL('https://mirror.example/team')));
    assert.ok(belongsTo(api, cloud, registry));
  });

  it('keeps the login of a registry elsewhere, or of one without encryption, from the API', () => {
    assert.equal(belongsTo(api, cloud, new URL('https://mirror.example')), false);
    assert.equal(belongsTo(api, cloud, new URL('http://team.registry.eu-1.cloud.example')), false);
  });
});

describe('isDerived', () => {
  it('is told of what the registry itself or its name says', () => {
    const derived = (template: string): boolean => isDerived({ id: 'api', origin: template, auth: 'bearer' });
    for (const template of ['{realm}', 'https://{domain}', 'https://api.{domain}'])
      assert.ok(derived(template), template);
    for (const template of ['{origin}', 'https://api.{host}', 'https://api.example']) {
      assert.equal(derived(template), false, template);
    }
  });
});

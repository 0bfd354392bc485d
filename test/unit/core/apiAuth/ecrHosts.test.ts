import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ecrApiScope, ecrEndpoints, parseEcrHost } from '../../../../src/core/apiAuth/ecrHosts.ts';

const account = '123456789012';

describe('Hosts of ECR', () => {
  const known: readonly (readonly [host: string, region: string, api: string])[] = [
    ['dkr.ecr.eu-central-1.amazonaws.com', 'eu-central-1', 'https://api.ecr.eu-central-1.amazonaws.com'],
    ['dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'https://ecr-fips.us-gov-west-1.amazonaws.com'],
    ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'https://api.ecr.cn-north-1.amazonaws.com.cn'],
    ['dkr-ecr.us-east-1.on.aws', 'us-east-1', 'https://ecr.us-east-1.api.aws'],
    ['dkr-ecr-fips.us-east-1.on.aws', 'us-east-1', 'https://ecr-fips.us-east-1.api.aws'],
    [
      'dkr-ecr.cn-north-1.on.amazonwebservices.com.cn',
      'cn-north-1',
      'https://ecr.cn-north-1.api.amazonwebservices.com.cn',
    ],
  ];
  for (const [host, region, api] of known) {
    it(`tell account, region and API: ${host}`, () => {
      const template = api.replace(region, '{region}');
      assert.deepEqual(parseEcrHost(`${account}.${host}`), { account, region, api, template });
      assert.ok(ecrEndpoints.some((endpoint) => endpoint.api === template));
      assert.deepEqual(ecrApiScope(api), { service: 'ecr', region });
    });
  }

  it('are each of a pattern that its adapter has', () => {
    assert.equal(known.length, ecrEndpoints.length);
  });

  it('of ECR Public have no account, and one API', () => {
    const api = 'https://api.ecr-public.us-east-1.amazonaws.com';
    assert.deepEqual(parseEcrHost('public.ecr.aws'), { account: undefined, region: 'us-east-1', api, template: api });
    assert.deepEqual(ecrApiScope(api), { service: 'ecr-public', region: 'us-east-1' });
  });

  it('are no hosts that merely look like them', () => {
    for (const host of [
      'dkr.ecr.eu-central-1.amazonaws.com',
      '12345.dkr.ecr.eu-central-1.amazonaws.com',
      `${account}.dkr.ecr.eu-central-1.amazonaws.com.evil.example`,
      `${account}.dkr.ecr.evil.example.amazonaws.com`,
      `${account}.dkr.ecr..amazonaws.com`,
      `${account}.dkr.ecr.eu-central-1.amazonaws.com:8443`,
      'public.ecr.aws.evil.example',
    ]) {
      assert.equal(parseEcrHost(host), undefined, host);
    }
  });
});

describe('APIs of ECR', () => {
  it('are the only origins that something is signed for', () => {
    for (const origin of [
      'http://api.ecr.eu-central-1.amazonaws.com',
      'https://api.ecr.eu-central-1.amazonaws.com:8443',
      'https://api.ecr.eu-central-1.amazonaws.com.evil.example',
      'https://evil.example/.eu-central-1.amazonaws.com',
      'https://api.ecr.evil.example.amazonaws.com',
      'https://sts.eu-central-1.amazonaws.com',
    ]) {
      assert.equal(ecrApiScope(origin), undefined, origin);
    }
    fc.assert(fc.property(fc.webUrl(), (url) => assert.equal(ecrApiScope(new URL(url).origin), undefined)));
  });
});

import assert from 'node:assert/strict';
import { quayLogin } from '../../../../src/core/apiAuth/quayLogin.ts';
import type { Credential } from '../../../../src/core/credential.ts';
import { answersInTurn, getRequest, jsonResponse, noAbort } from '../registry/fakeHttp.ts';

const origin = 'https://quay.io';
const token: Credential = { kind: 'password', username: '$oauthtoken', password: 'canary' };

describe("Login at Quay's API", () => {
  it('shows the token of an application', async () => {
    assert.equal(await shown(token), 'Bearer canary');
  });

  it('shows no robot, no password and no token of the registry, which the API does not know', async () => {
    for (const login of [
      { kind: 'password', username: 'team+robot', password: 'canary' },
      { kind: 'password', username: 'ada', password: 'canary' },
      { kind: 'password', username: '$app', password: 'canary' },
      { kind: 'identity-token', token: 'canary' },
      { kind: 'registry-token', token: 'canary' },
      undefined,
    ] as const) {
      assert.equal(await shown(login), undefined);
    }
  });

  it('shows nothing to another origin', async () => {
    assert.equal(await shown(token, 'https://evil.example/api/v1/user/'), undefined);
  });
});

async function shown(login: Credential | undefined, url = `${origin}/api/v1/user/`): Promise<string | undefined> {
  const wire = answersInTurn(jsonResponse({}));
  const send = quayLogin({ origin, findCredential: async () => login, now: () => 0 })(wire.send);
  await send(getRequest(url), noAbort());
  return wire.requests[0]?.headers['authorization'];
}

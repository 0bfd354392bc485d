import assert from 'node:assert/strict';
import { googleLogin } from '../../../../src/core/apiAuth/googleLogin.ts';
import type { FindLogin } from '../../../../src/core/credential.ts';
import { rejection } from '../../../support/registryErrors.ts';
import { answersInTurn, type FakeSend, fakeSend, getRequest, jsonResponse, noAbort } from '../registry/fakeHttp.ts';

const origin = 'https://artifactregistry.googleapis.com';

describe("Login at Google's API", () => {
  for (const username of ['oauth2accesstoken', '_dcgcloud_token', '_dcgcr_2_1_22_token', '_token']) {
    it(`takes the access token that the registry has as the password of ${username}`, async () => {
      const wire = answersInTurn(jsonResponse({}));
      await send(wire, async () => ({ kind: 'password', username, password: 'ya29.a' }));
      assert.equal(wire.requests[0]?.headers['authorization'], 'Bearer ya29.a');
    });
  }

  it('takes the token of the machine where the registry is logged in to by something else', async () => {
    const wire = answersInTurn(jsonResponse({}));
    await send(wire, async (_signal, cloud) =>
      cloud === 'google'
        ? { kind: 'google', token: 'ya29.b' }
        : { kind: 'password', username: '_json_key', password: '{"private_key":"secret"}' },
    );
    assert.equal(wire.requests[0]?.headers['authorization'], 'Bearer ya29.b');
  });

  it('sends no key of a service account, and nothing at all without a token', async () => {
    const wire = answersInTurn();
    const find: FindLogin = async () => ({ kind: 'password', username: '_json_key', password: '{"private_key":"x"}' });
    assert.match((await rejection(send(wire, find), 'unauthorized')).message, /gcloud auth/);
    await rejection(
      send(wire, async () => undefined),
      'unauthorized',
    );
    assert.deepEqual(wire.requests, []);
  });

  it('sends no token to another origin', async () => {
    const wire = answersInTurn();
    const find: FindLogin = async () => ({ kind: 'google', token: 'ya29.a' });
    await rejection(send(wire, find, 'https://evil.example'), 'invalid');
    await rejection(send(wire, find, 'https://storage.googleapis.com', 'https://storage.googleapis.com'), 'invalid');
    assert.deepEqual(wire.requests, []);
  });

  it('looks for a new token once when one has ended', async () => {
    const tokens = ['old', 'new'];
    const wire = answersInTurn(jsonResponse({}, { status: 401 }), jsonResponse({}));
    const answer = await send(wire, async () => ({ kind: 'google', token: tokens.shift() ?? 'none' }));
    assert.equal(answer.status, 200);
    assert.deepEqual(
      wire.requests.map(({ headers }) => headers['authorization']),
      ['Bearer old', 'Bearer new'],
    );
  });

  it('does not show the same token twice', async () => {
    const wire = fakeSend(() => jsonResponse({}, { status: 401 }));
    assert.equal((await send(wire, async () => ({ kind: 'google', token: 'same' }))).status, 401);
    assert.equal(wire.requests.length, 1);
  });
});

function send(wire: FakeSend, findLogin: FindLogin, target = origin, api = origin) {
  return googleLogin({ origin: api, findLogin, now: () => 0 })(wire.send)(getRequest(`${target}/v1/x`), noAbort());
}

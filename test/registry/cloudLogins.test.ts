import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpRequest, OpenTransport } from '../../src/core/ports.ts';
import { createAwsLogin } from '../../src/node/awsLogin.ts';
import { createGoogleLogin } from '../../src/node/googleLogin.ts';
import { rejection } from '../support/registryErrors.ts';
import { withTemporaryFolder } from '../support/temporaryFolder.ts';
import { fakeResponse, fakeSend } from '../unit/core/registry/fakeHttp.ts';

/**
 * The clouds themselves cannot be had here: their own libraries look for credentials in real files and variables, and
 * what they ask is answered from the clouds' documentation.
 */
describe("AWS's credentials of this machine", () => {
  it('are those of the environment, the access keys as they are', async () => {
    await withEnvironment({ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary' }, async () => {
      const login = await createAwsLogin(noNetwork)();
      assert.deepEqual(login?.credential, { kind: 'aws', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary' });
    });
  });

  it('are those of the profile, read anew each time', async () => {
    await withEnvironment({ AWS_PROFILE: 'team' }, async (folder) => {
      const login = createAwsLogin(noNetwork);
      for (const key of ['first', 'second']) {
        const lines = ['[team]', `aws_access_key_id = ${key}`, 'aws_secret_access_key = canary'];
        await writeFile(join(folder, 'credentials'), lines.join('\n'));
        const found = await login();
        assert.equal(found?.credential.kind === 'aws' && found.credential.accessKeyId, key);
      }
    });
  });

  it('are those of a role, asked for by the way of all requests and kept until shortly before their end', async () => {
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const reply = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/gantry</Arn><AssumedRoleId>AROA:gantry</AssumedRoleId></AssumedRoleUser><Credentials><SessionToken>session</SessionToken><SecretAccessKey>canary</SecretAccessKey><Expiration>${expiration}</Expiration><AccessKeyId>ASIAEXAMPLE</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`;
    const { requests, openTransport } = answer(() =>
      fakeResponse({ headers: { 'content-type': 'text/xml' }, body: reply }),
    );
    const variables = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/reader', AWS_REGION: 'eu-west-1' };
    await withEnvironment(variables, async (folder) => {
      process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] = join(folder, 'token');
      await writeFile(join(folder, 'token'), 'web-identity');
      const login = createAwsLogin(openTransport);
      const found = await login();
      assert.deepEqual(found?.credential, {
        kind: 'aws',
        accessKeyId: 'ASIAEXAMPLE',
        secretAccessKey: 'canary',
        sessionToken: 'session',
        expiresAt: Date.parse(expiration),
      });
      await login();
      assert.deepEqual(
        requests.map(({ method, url }) => `${method} ${url.host}`),
        ['POST sts.eu-west-1.amazonaws.com'],
      );
    });
  });

  it('are none where nothing is set up', async () => {
    await withEnvironment({}, async () => assert.equal(await createAwsLogin(noNetwork)(), undefined));
  });

  it('are an error that says what to do, and nothing of the answer, where they are refused', async () => {
    const reply =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>canary</Message></Error></ErrorResponse>';
    const { openTransport } = answer(() =>
      fakeResponse({ status: 403, headers: { 'content-type': 'text/xml' }, body: reply }),
    );
    const variables = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/reader', AWS_REGION: 'eu-west-1' };
    await withEnvironment(variables, async (folder) => {
      process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] = join(folder, 'token');
      await writeFile(join(folder, 'token'), 'web-identity');
      const { message } = await rejection(createAwsLogin(openTransport)(), 'storage');
      assert.match(message, /^The AWS credentials of this machine cannot be used\. Run "aws sts get-caller-identity"/);
      assert.ok(!message.includes('canary'));
    });
  });

  it('say that their session has ended', async () => {
    await withEnvironment({ AWS_PROFILE: 'team' }, async (folder) => {
      const lines = [
        '[profile team]',
        'sso_session = corp',
        'sso_account_id = 123456789012',
        'sso_role_name = reader',
        '[sso-session corp]',
        'sso_region = eu-west-1',
        'sso_start_url = https://corp.awsapps.com/start',
      ];
      await writeFile(join(folder, 'config'), lines.join('\n'));
      assert.match((await rejection(createAwsLogin(noNetwork)(), 'storage')).message, /run "aws sso login"/);
    });
  });
});

describe("Google's default credentials of this machine", () => {
  // https://developers.google.com/identity/protocols/oauth2/web-server#offline
  const tokenReply = JSON.stringify({ access_token: 'ya29.canary', expires_in: 3599, token_type: 'Bearer' });
  const json = { 'content-type': 'application/json' };

  it('are those of "gcloud auth application-default login"', async () => {
    const { requests, openTransport } = answer(() => fakeResponse({ headers: json, body: tokenReply }));
    const file = { type: 'authorized_user', client_id: 'id', client_secret: 'secret', refresh_token: 'refresh' };
    await withGoogleFile(file, async () => {
      const before = Date.now();
      const found = await createGoogleLogin(openTransport)();
      assert.equal(found?.credential.kind === 'google' && found.credential.token, 'ya29.canary');
      assert.ok((found?.credential.expiresAt ?? 0) >= before + 3_500_000);
      assert.deepEqual(
        requests.map(({ method, url, body }) => [
          method,
          url.href,
          new URLSearchParams(text(body)).get('refresh_token'),
        ]),
        [['POST', 'https://oauth2.googleapis.com/token', 'refresh']],
      );
    });
  });

  it('are those of a service account, which never sends its key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const { requests, openTransport } = answer(() => fakeResponse({ headers: json, body: tokenReply }));
    const file = { type: 'service_account', client_email: 'bot@team.iam.gserviceaccount.com', private_key: privateKey };
    await withGoogleFile(file, async () => {
      const found = await createGoogleLogin(openTransport)();
      assert.equal(found?.account, 'bot@team.iam.gserviceaccount.com');
      assert.equal(requests.length, 1);
      assert.ok(!text(requests[0]?.body).includes('PRIVATE'));
    });
  });

  it('are none where nothing is set up', async () => {
    await withEnvironment({}, async () => assert.equal(await createGoogleLogin(noNetwork)(), undefined));
  });

  it('are an error that says what to do, and nothing of the answer, where they have ended', async () => {
    const { openTransport } = answer(() =>
      fakeResponse({ status: 400, headers: json, body: '{"error":"invalid_grant","error_description":"canary"}' }),
    );
    const file = { type: 'authorized_user', client_id: 'id', client_secret: 'secret', refresh_token: 'canary' };
    await withGoogleFile(file, async () => {
      const { message } = await rejection(createGoogleLogin(openTransport)(), 'storage');
      assert.match(message, /Run "gcloud auth application-default login"\.$/);
      assert.ok(!message.includes('canary'));
    });
  });
});

const noNetwork: OpenTransport = ({ registry }) => assert.fail(`${registry} was asked`);

function answer(reply: Parameters<typeof fakeSend>[0]): {
  readonly requests: readonly HttpRequest[];
  readonly openTransport: OpenTransport;
} {
  const { send, requests } = fakeSend(reply);
  return { requests, openTransport: () => send };
}

function text(body: Uint8Array | undefined): string {
  return new TextDecoder().decode(body);
}

async function withGoogleFile(content: object, use: () => Promise<void>): Promise<void> {
  await withEnvironment({}, async (folder) => {
    const file = join(folder, 'google.json');
    await writeFile(file, JSON.stringify(content));
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
    await use();
  });
}

/** With an empty home folder and nothing of a cloud in the environment but `variables`. */
async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  await withTemporaryFolder(async (folder) => {
    for (const name of Object.keys(process.env))
      if (/^(?:AWS|GOOGLE|CLOUDSDK|GCE|K)_/.test(name)) delete process.env[name];
    Object.assign(process.env, {
      HOME: folder,
      APPDATA: folder,
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...variables,
    });
    try {
      await use(folder);
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
}

/** The bundle of Google's application default credentials, which is loaded when a Google registry asks for a login. */
import { readFileSync } from 'node:fs';
import { GoogleAuth, gaxios } from 'google-auth-library';
import { RegistryError } from '../core/errors.ts';
import type { HttpRequest, OpenTransport } from '../core/ports.ts';
import type { CloudLogin } from './cloudCredentials.ts';
import type { ProvidedLogin } from './credentialProvider.ts';

/** Tags and deletions take more than reading does. https://cloud.google.com/artifact-registry/docs/access-control */
const scopes = ['https://www.googleapis.com/auth/cloud-platform'];

/**
 * The access token of the application default credentials: the file that the environment names, the one of
 * `gcloud auth application-default login`, or the machine's own account on Google Cloud.
 * https://cloud.google.com/docs/authentication/application-default-credentials
 */
export function createGoogleLogin(openTransport: OpenTransport): CloudLogin {
  const transporter = new gaxios.Gaxios({ fetchImplementation: fetchBy(openTransport) });
  return async () => {
    const auth = new GoogleAuth({ scopes, projectId: 'none', clientOptions: { transporter } });
    // Elsewhere it would wait for an address that nobody answers at.
    if (!isGoogleMachine()) Object.assign(auth, { checkIsGCE: false });
    return load(auth);
  };
}

async function load(auth: GoogleAuth): Promise<ProvidedLogin | undefined> {
  try {
    const client = await auth.getClient();
    const { token } = await client.getAccessToken();
    if (!token) return undefined;
    const { expiry_date: expiresAt } = client.credentials;
    const account =
      auth.jsonContent !== null && 'client_email' in auth.jsonContent ? auth.jsonContent.client_email : undefined;
    return {
      credential: { kind: 'google', token, ...(typeof expiresAt === 'number' && { expiresAt }) },
      ...(typeof account === 'string' && { account }),
    };
  } catch (error) {
    if (error instanceof Error && /default credentials/i.test(error.message)) return undefined;
    // What else it says is not repeated: it may hold parts of the file or of an answer.
    throw new RegistryError(
      'storage',
      'The Google credentials of this machine cannot be used. Run "gcloud auth application-default login".',
    );
  }
}

/** By the name that the machine's firmware has, as Google's own libraries tell. */
function isGoogleMachine(): boolean {
  if (process.env['K_SERVICE'] !== undefined || process.env['GCE_METADATA_HOST'] !== undefined) return true;
  try {
    return /Google/.test(readFileSync('/sys/class/dmi/id/product_name', 'utf8'));
  } catch {
    return false;
  }
}

/** The way of Gantry's own requests, with the proxy and the certificates that VS Code knows of. */
function fetchBy(openTransport: OpenTransport): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const send = openTransport({ registry: new URL(url.origin) });
    const { body } = init;
    const bytes =
      body === undefined || body === null ? undefined : new Uint8Array(await new Response(body).arrayBuffer());
    const response = await send(
      {
        method: (init.method ?? 'GET') as HttpRequest['method'],
        url,
        headers: Object.fromEntries(new Headers(init.headers)),
        ...(bytes !== undefined && { body: bytes }),
      },
      AbortSignal.timeout(15_000),
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    const type = response.headers.get('content-type');
    return new Response(Buffer.concat(chunks), {
      status: response.status,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  };
}

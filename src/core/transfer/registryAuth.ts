import type { Credential } from '../credential.ts';
import { dockerHub } from '../oci/reference.ts';

/** Docker's name for Docker Hub in logins. */
const dockerHubServer = 'https://index.docker.io/v1/';

/** The header `X-Registry-Auth` of Docker's API: for one registry, as JSON in base64url with its padding. */
export function registryAuthHeader(credential: Credential, registry: string): string {
  const server = { serveraddress: registry === dockerHub ? dockerHubServer : registry };
  const bytes = new TextEncoder().encode(JSON.stringify({ ...fieldsOf(credential), ...server }));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_');
}

function fieldsOf(credential: Credential): Readonly<Record<string, string>> {
  switch (credential.kind) {
    case 'password':
      return { username: credential.username, password: credential.password };
    case 'identity-token':
      return { identitytoken: credential.token };
    case 'registry-token':
      return { registrytoken: credential.token };
  }
}

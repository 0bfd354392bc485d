import type { PageCallOptions, RegistrySession, RepositoryListing } from '../../api.ts';
import { isRegistryError, RegistryError } from '../errors.ts';
import { essence } from '../oci/mediaType.ts';
import { isRepositoryName } from '../oci/reference.ts';
import type { CreateHash, Log, Send, Sleep } from '../ports.ts';
import { notARegistry, readBody } from './body.ts';
import { limits } from './limits.ts';
import { listNames, type NamesPage } from './listNames.ts';
import { createOciRepository } from './ociRepository.ts';
import { responseError } from './responseError.ts';

export interface OciSessionOptions {
  /** Address of the registry. Its path, if any, is a prefix of the names of its repositories. */
  readonly url: URL;
  readonly send: Send;
  readonly createHash: CreateHash;
  readonly log: Log;
  readonly sleep: Sleep;
}

/** The OCI distribution protocol, 1.1, with Docker's catalogue. */
export function createOciSession(options: OciSessionOptions): RegistrySession {
  const { url, send, log } = options;
  const { host } = url;
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');

  return {
    async test({ signal }) {
      const response = await send(
        {
          method: 'GET',
          url: new URL('/v2/', url),
          headers: { accept: 'application/json' },
          bodyLimit: limits.smallBody,
        },
        signal,
      );
      if (response.status === 404) {
        response.discard();
        throw notARegistry(host, 'status 404');
      }
      if (response.status === 401) {
        response.discard();
        const message = `${host} wants a login, or refuses the one that it was given. Check the user name and the password or token.`;
        throw new RegistryError('unauthorized', message, { host, status: 401 });
      }
      if (response.status !== 200) throw await responseError(response, { host, what: 'access to its API' });
      const body = new TextDecoder().decode(await readBody(response, limits.smallBody, host)).trim();
      const isJson = body === '' || body.startsWith('{') || body === 'true';
      if (!isJson || essence(response.headers.get('content-type')) === 'text/html')
        throw notARegistry(host, 'a web page');
    },

    async listRepositories(_namespace, page) {
      const { items, cursor } = await listCatalog(page);
      const names = items.filter((name) => prefix === '' || name === prefix || name.startsWith(`${prefix}/`));
      return {
        items: keepNames(names, isRepositoryName, 'repositories').map((name): RepositoryListing => ({ name })),
        ...cursor,
      };
    },

    repository: (name, access) => createOciRepository({ ...options, name, access: access ?? 'pull', keepNames }),
  };

  async function listCatalog(page: PageCallOptions): Promise<NamesPage> {
    try {
      return await listNames(options, {
        path: '/v2/_catalog',
        key: 'repositories',
        scope: 'registry:catalog:*',
        what: 'its list of repositories',
        page,
      });
    } catch (error) {
      // The catalogue is no part of the OCI specification, and hosted registries keep it to themselves.
      if (!isRegistryError(error, 'unauthorized', 'denied', 'not-found', 'unsupported')) throw error;
      const message = `${error.message} Its images can still be opened by name.`;
      throw new RegistryError(error.code, message, { host, cause: error });
    }
  }

  /** Names outside the grammar never reach a URL or a screen. */
  function keepNames(names: readonly string[], isValid: (name: string) => boolean, what: string): readonly string[] {
    const kept = names.filter(isValid);
    if (kept.length < names.length)
      log.warn(
        `${host} lists ${names.length - kept.length} ${what} with names that no registry may have; they are left out.`,
      );
    return kept;
  }
}

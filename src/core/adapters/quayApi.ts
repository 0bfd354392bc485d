import type { AdapterHttp, AdapterRequest, AdapterResponse, ApiOrigin, CallOptions } from '../../api.ts';
import { isRepositoryName } from '../oci/reference.ts';
import { notARegistry } from '../registry/body.ts';

/**
 * Quay's API takes the tokens of applications, never what the registry takes; whom it does not know it takes for nobody.
 * Only its scans are open to the registry's logins. https://docs.quay.io/api/ and
 * https://github.com/quay/quay/blob/master/auth/decorators.py
 */
export const quayApis: readonly ApiOrigin[] = [
  { id: 'quay', origin: '{origin}', auth: 'quay' },
  { id: 'scan', origin: '{origin}', auth: 'basic' },
];

const root = '/api/v1';

export interface QuayApi {
  /** For errors. */
  readonly host: string;
  send(request: QuayRequest): Promise<AdapterResponse>;
  /** What a path answers, as `read` sees it; `undefined` of `read` is no answer of Quay. */
  get<T>(path: string, what: string, read: (document: unknown) => T | undefined, options: CallOptions): Promise<T>;
  /** Changes something, and expects success. */
  change(request: QuayRequest, what: string): Promise<void>;
}

type QuayRequest = Pick<AdapterRequest, 'api' | 'method' | 'path' | 'json' | 'signal'>;

export function createQuayApi(http: AdapterHttp, host: string): QuayApi {
  const send = (request: QuayRequest): Promise<AdapterResponse> =>
    http.send({ api: 'quay', ...request, path: `${root}${request.path}` });
  return {
    host,
    send,
    get: async (path, what, read, { signal }) => {
      const response = await send({ method: 'GET', path, signal });
      if (response.status !== 200) throw await response.error(what);
      const answer = read(await response.json());
      if (answer === undefined) throw notARegistry(host, 'JSON of another form');
      return answer;
    },
    change: async (request, what) => {
      const response = await send(request);
      if (response.status < 200 || response.status > 299) throw await response.error(what);
    },
  };
}

/** Names have two parts, or more where the operator allows it. */
export function isQuayRepository(name: string): boolean {
  return isRepositoryName(name) && name.includes('/');
}

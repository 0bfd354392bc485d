import type { Log, Middleware } from '../ports.ts';

/** Query parameters whose values say nothing secret. All others may be signatures or tokens. */
const plainParameters: readonly string[] = ['n', 'last', 'scope', 'service', 'artifactType', 'page', 'page_size'];

/** One line a wire request, numbered, since answers interleave. */
export function logging(log: Log, now: () => number): Middleware {
  let count = 0;
  return (next) => async (request, signal) => {
    const line = `#${++count} ${request.method} ${redactedUrl(request.url)}`;
    const startedAt = now();
    request.onSent?.();
    try {
      const response = await next(request, signal);
      log.debug(`${line} → ${response.status} (${now() - startedAt} ms)`);
      return response;
    } catch (error) {
      log.debug(`${line} → ${error instanceof Error ? error.message : 'failed'} (${now() - startedAt} ms)`);
      throw error;
    }
  };
}

/** Stays encoded, so that what a server has put into it cannot begin a line of its own. */
export function redactedUrl(url: URL): string {
  if (url.search === '') return `${url.origin}${url.pathname}`;
  const parameters = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '');
  return `${url.origin}${url.pathname}?${parameters.map(redactedParameter).join('&')}`;
}

function redactedParameter(parameter: string): string {
  const [name = '', value] = parameter.split(/=(.*)/s, 2);
  if (value === undefined) return '…';
  return `${name}=${plainParameters.includes(name) ? value.replace(/%3A/gi, ':').replace(/%2F/gi, '/') : '…'}`;
}

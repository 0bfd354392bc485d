import { oneLine } from '../oneLine.ts';
import type { HttpHeaders, Middleware } from '../ports.ts';
import { formatSeconds, readRateLimit } from './rateLimit.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** What a host says besides its answers, for people. */
export interface HostNotice {
  readonly kind: 'warning' | 'rate-limit';
  readonly host: string;
  /** One line of plain text; of a warning, the server's own words. */
  readonly text: string;
}

/** OCI distribution-spec, "Warnings": clients may leave out what is longer in all. */
const warningBytes = 4096;
/** Of what a host allows: from here on people should know. */
const lowShare = 0.1;

/** Reports the warnings and the nearly used up allowances that answers tell of, each time that they do. */
export function notices(report: (notice: HostNotice) => void): Middleware {
  return (next) => async (request, signal) => {
    const response = await next(request, signal);
    const { host } = request.url;
    for (const text of readWarnings(response.headers)) report({ kind: 'warning', host, text });
    const allowance = readAllowance(response.headers);
    if (allowance !== undefined) report({ kind: 'rate-limit', host, text: allowance });
    return response;
  };
}

/**
 * The texts of `Warning: 299 - "text"` (RFC 7234, section 5.5; OCI distribution-spec, "Warnings"). Other codes are about
 * caches on the way.
 */
export function readWarnings(headers: HttpHeaders): readonly string[] {
  const lines = headers.all('warning');
  if (lines.reduce((length, line) => length + line.length, 0) > warningBytes) return [];
  return lines.flatMap((line) =>
    [...line.matchAll(/(?:^|,)\s*299 \S+ "((?:[^"\\]|\\.)*)"/gs)].flatMap(([, quoted = '']) => {
      const text = oneLine(withoutSecrets(quoted.replace(/\\(.)/gs, '$1')));
      return text === '' ? [] : [text];
    }),
  );
}

/** What is left of an allowance when that is little. The headers are Docker's, GitLab's and GitHub's. */
function readAllowance(headers: HttpHeaders): string | undefined {
  const count = (name: string): number | undefined => {
    const value = headers.get(`ratelimit-${name}`) ?? headers.get(`x-ratelimit-${name}`);
    const [digits] = /^\s*\d{1,12}(?=\s*(?:[;,]|$))/.exec(value ?? '') ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  const [limit, remaining] = [count('limit'), count('remaining')];
  if (limit === undefined || remaining === undefined || limit === 0 || remaining > limit * lowShare) return undefined;
  const window = readRateLimit((name) => headers.get(name))?.windowSeconds;
  const inTime = window === undefined ? '' : ` in ${formatSeconds(window)}`;
  return `${remaining === 0 ? 'Nothing' : `Little (${remaining})`} is left of the ${limit} requests that it allows${inTime}.`;
}

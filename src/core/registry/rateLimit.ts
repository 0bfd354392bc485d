import type { RateLimit } from '../../api.ts';

/** Reads one header of an answer; names in lower case. */
export type GetHeader = (name: string) => string | undefined;

/** From here on a number is a time, in seconds since 1970, and no number of seconds to wait. */
const earliestTime = 1_000_000_000;

/** In seconds. Longer waits are told by nobody: a clock is wrong or a header is not what it seems. */
export const longestWait = 7 * 24 * 60 * 60;

/**
 * How much may still be pulled, where the registry tells: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining`.
 * https://docs.docker.com/docker-hub/usage/pulls/
 */
export function readRateLimit(header: GetHeader): RateLimit | undefined {
  const limit = parseQuota(header('ratelimit-limit'));
  const remaining = parseQuota(header('ratelimit-remaining'));
  if (limit === undefined || remaining === undefined) return undefined;
  const source = /^[\w.:-]{1,64}$/.exec(header('docker-ratelimit-source') ?? '')?.[0];
  return {
    limit: limit.count,
    remaining: remaining.count,
    windowSeconds: limit.window,
    ...(source !== undefined && { source }),
  };
}

/**
 * In how many seconds it may be tried again, where the answer tells. `Retry-After` holds seconds or a date (RFC 9110,
 * section 10.2.3); Docker Hub sends a Unix time in `X-Retry-After`. Times are compared with the server's own clock.
 * https://docs.docker.com/reference/api/hub/latest/#tag/rate-limiting
 */
export function retryAfterSeconds(header: GetHeader): number | undefined {
  const common = header('retry-after');
  const time = secondsUntil(common, header('date')) ?? secondsUntil(header('x-retry-after'), header('date'));
  if (common === undefined || !/^\s*\d+\s*$/.test(common)) return time;
  // A number of any length stays one that can be reckoned with.
  const number = Math.min(Number(common), Number.MAX_SAFE_INTEGER);
  // Some servers put a Unix time where seconds belong.
  return number < earliestTime ? number : (time ?? number);
}

/** `6 hours`, `90 seconds`: the largest unit that says it exactly, or for long times nearly. */
export function formatSeconds(seconds: number): string {
  const [unit, size] = units.find(([, unitSize]) => isSaidIn(seconds, unitSize)) ?? ['second', 1];
  const count = Math.ceil(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const units: readonly (readonly [name: string, seconds: number])[] = [
  ['hour', 3600],
  ['minute', 60],
];

function isSaidIn(seconds: number, unit: number): boolean {
  return (seconds >= unit && seconds % unit === 0) || seconds >= 3 * unit;
}

function parseQuota(value: string | undefined): { readonly count: number; readonly window: number } | undefined {
  const [, count, window] = /^\s*(\d{1,12})\s*;\s*w=(\d{1,9})\b/.exec(value ?? '') ?? [];
  return count === undefined ? undefined : { count: Number(count), window: Number(window) };
}

function secondsUntil(value: string | undefined, serverDate: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\s*\d{1,12}\s*$/.test(value) ? Number(value) : undefined;
  const time = number ?? parseDate(value);
  return plausible(Math.ceil(time - parseDate(serverDate ?? '')));
}

/** Seconds since 1970, or NaN. What is too long to be a date would only take long to be read. */
function parseDate(text: string): number {
  return text.length > 64 ? Number.NaN : Date.parse(text) / 1000;
}

function plausible(seconds: number): number | undefined {
  return seconds > 0 && seconds <= longestWait ? seconds : undefined;
}

import * as v from 'valibot';
import type { Vulnerability } from '../../api.ts';

/* Fields of what the scanners of registries report. */

const severities: Readonly<Record<string, Vulnerability['severity']>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MEDIUM: 'medium',
  LOW: 'low',
  NEGLIGIBLE: 'negligible',
  INFORMATIONAL: 'negligible',
};

/** By its usual names in any case; `unknown` for others. */
export const severitySchema = v.pipe(
  v.unknown(),
  v.transform((severity) => (typeof severity === 'string' && severities[severity.toUpperCase()]) || 'unknown'),
);

/** The first address that may be opened. */
export function securePage(links: readonly unknown[]): string | undefined {
  return links.find(
    (link): link is string => typeof link === 'string' && /^https:\/\/\S+$/.test(link) && URL.canParse(link),
  );
}

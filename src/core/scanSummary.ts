import type { Vulnerability, VulnerabilityReport } from '../api.ts';

export type Severity = Vulnerability['severity'];

/** Worst first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'];

/** A report in a size that can be shown. */
export interface ScanSummary extends VulnerabilityReport {
  /** Of all that were found, also of those that are left out. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly total: number;
}

/** More rows are read by nobody: old images have thousands of findings. */
const mostItems = 1000;

/** The findings with the worst first, at most a thousand of them. Addresses that are not `https:` are left out. */
export function summarizeScan(report: VulnerabilityReport): ScanSummary {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
  for (const { severity } of report.items) counts[severity]++;
  const items = [...report.items].sort(bySeverity).slice(0, mostItems).map(withSafeUrl);
  return { ...report, items, counts, total: report.items.length };
}

function bySeverity(one: Vulnerability, other: Vulnerability): number {
  return (
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    // What can be mended by an update comes first.
    Number(other.fixedVersion !== undefined) - Number(one.fixedVersion !== undefined) ||
    one.packageName.localeCompare(other.packageName) ||
    one.id.localeCompare(other.id)
  );
}

function withSafeUrl({ url, ...vulnerability }: Vulnerability): Vulnerability {
  return { ...vulnerability, ...(isHttps(url) && { url }) };
}

/** Where a link of a panel may lead. */
export function isHttps(url: unknown): url is string {
  return typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'https:';
}

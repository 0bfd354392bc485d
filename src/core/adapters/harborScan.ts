import * as v from 'valibot';
import type { CallOptions, Vulnerability, VulnerabilityReport } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { notARegistry } from '../registry/body.ts';
import type { HarborApi } from './harborApi.ts';
import { dateSchema, lenient, parsed, textSchema } from './replyFields.ts';
import { securePage, severitySchema } from './scanFields.ts';

/** The forms of reports that there are, the newer one first; the first one that an artifact has is answered. */
const headers = {
  'x-accept-vulnerabilities': [
    'application/vnd.security.vulnerability.report; version=1.1',
    'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
  ].join(', '),
};

const reportSchema = v.object({
  generated_at: lenient(dateSchema),
  scanner: lenient(v.object({ name: lenient(textSchema), version: lenient(textSchema) })),
  vulnerabilities: v.nullish(v.array(v.unknown())),
});

const itemSchema = v.object({
  id: textSchema,
  package: textSchema,
  version: lenient(textSchema),
  fix_version: lenient(textSchema),
  severity: severitySchema,
  description: lenient(textSchema),
  links: lenient(v.array(v.unknown())),
});

const overviewSchema = v.object({ scan_overview: lenient(v.record(v.string(), v.unknown())) });

/** States of the job that scans. https://github.com/goharbor/harbor/blob/main/src/jobservice/job/status.go */
const statuses: Readonly<Record<string, VulnerabilityReport['status']>> = {
  Success: 'done',
  Pending: 'pending',
  Running: 'pending',
  Scheduled: 'pending',
  Stopped: 'failed',
  Error: 'failed',
};

/**
 * What the scanner of a project has found in an artifact; of an index in all of its images together. Where there is no
 * report, the artifact itself tells why.
 */
export async function fetchHarborScan(
  api: HarborApi,
  artifact: { readonly path: string; readonly name: string },
  { signal }: CallOptions,
): Promise<VulnerabilityReport> {
  const what = `the scan of ${artifact.name}`;
  let isMissing = false;
  try {
    const document = await api.get(`${artifact.path}/additions/vulnerabilities`, what, { headers, signal });
    const reports = readReport(document);
    if (reports === undefined) throw notARegistry(api.host, 'JSON of another form');
    if (reports !== 'none') return reports;
  } catch (error) {
    // Of what cannot be scanned, and without a scanner.
    if (!isRegistryError(error, 'not-found')) throw error;
    isMissing = true;
  }
  const document = await api.get(`${artifact.path}?with_scan_overview=true`, what, { headers, signal });
  const status = readScanStatus(document);
  // A report that has come meanwhile is there at the next look.
  return { status: status === 'done' ? 'pending' : (status ?? (isMissing ? 'unsupported' : 'none')), items: [] };
}

/** The first report of a map by media types; `undefined` for what is no such map. */
export function readReport(document: unknown): VulnerabilityReport | 'none' | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const [first] = Object.values(document);
  if (first === undefined || first === null) return 'none';
  const report = parsed(reportSchema, first);
  if (report === undefined) return undefined;
  const scanner = [report.scanner?.name, report.scanner?.version].filter((part) => part !== undefined).join(' ');
  return {
    status: 'done',
    ...(scanner !== '' && { scanner }),
    ...(report.generated_at !== undefined && { scannedAt: report.generated_at }),
    items: (report.vulnerabilities ?? []).flatMap(readItem),
  };
}

/** How the last scan of an artifact stands, where there was one. */
export function readScanStatus(document: unknown): VulnerabilityReport['status'] | undefined {
  for (const overview of Object.values(parsed(overviewSchema, document)?.scan_overview ?? {})) {
    const status = parsed(v.object({ scan_status: v.string() }), overview)?.scan_status;
    if (status !== undefined) return Object.hasOwn(statuses, status) ? statuses[status] : 'failed';
  }
  return undefined;
}

function readItem(item: unknown): readonly Vulnerability[] {
  const found = parsed(itemSchema, item);
  if (found === undefined) return [];
  const { id, package: packageName, version, fix_version: fixedVersion, severity, description, links = [] } = found;
  const url = securePage(links);
  return [
    {
      id,
      severity,
      packageName,
      ...(version !== undefined && { version }),
      ...(fixedVersion !== undefined && { fixedVersion }),
      ...(description !== undefined && { description }),
      ...(url !== undefined && { url }),
    },
  ];
}

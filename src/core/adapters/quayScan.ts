import * as v from 'valibot';
import type { CallOptions, Vulnerability, VulnerabilityReport } from '../../api.ts';
import { notARegistry } from '../registry/body.ts';
import type { QuayApi } from './quayApi.ts';
import { lenient, parsed, textSchema } from './replyFields.ts';
import { securePage, severitySchema } from './scanFields.ts';

const scanSchema = v.object({
  status: textSchema,
  data: lenient(v.object({ Layer: lenient(v.object({ Features: lenient(v.array(v.unknown())) })) })),
});

const featureSchema = v.object({
  Name: textSchema,
  Version: lenient(textSchema),
  Vulnerabilities: lenient(v.array(v.unknown())),
});

const vulnerabilitySchema = v.object({
  Name: textSchema,
  Severity: severitySchema,
  Link: lenient(textSchema),
  FixedBy: lenient(textSchema),
  Description: lenient(textSchema),
});

/** https://github.com/quay/quay/blob/master/endpoints/api/secscan.py */
const statuses: Readonly<Record<string, VulnerabilityReport['status']>> = {
  scanned: 'done',
  queued: 'pending',
  failed: 'failed',
  unsupported: 'unsupported',
  manifest_layer_too_large: 'unsupported',
};

/** What Clair has found in the image of one platform: it scans these, not the lists that name them. */
export async function fetchQuayScan(
  api: QuayApi,
  image: { readonly path: string; readonly name: string },
  { signal }: CallOptions,
): Promise<VulnerabilityReport> {
  const path = `${image.path}/security?vulnerabilities=true`;
  const response = await api.send({ api: 'scan', method: 'GET', path, signal });
  // Where no scanner is switched on there is no such path, which Quay does not answer as it answers for a manifest.
  if (response.status === 404 && !(await response.text()).includes('error_type')) {
    return { status: 'unsupported', items: [] };
  }
  if (response.status !== 200) throw await response.error(`the scan of ${image.name}`);
  const report = readScan(await response.json());
  if (report === undefined) throw notARegistry(api.host, 'JSON of another form');
  return report;
}

export function readScan(document: unknown): VulnerabilityReport | undefined {
  const scan = parsed(scanSchema, document);
  if (scan === undefined) return undefined;
  const status = (Object.hasOwn(statuses, scan.status) ? statuses[scan.status] : undefined) ?? 'failed';
  const features = status === 'done' ? (scan.data?.Layer?.Features ?? []) : [];
  return { status, scanner: 'Clair', items: features.flatMap(readFeature) };
}

function readFeature(item: unknown): readonly Vulnerability[] {
  const feature = parsed(featureSchema, item);
  if (feature === undefined) return [];
  const { Name: packageName, Version: version } = feature;
  return (feature.Vulnerabilities ?? []).flatMap((entry) => {
    const found = parsed(vulnerabilitySchema, entry);
    if (found === undefined) return [];
    const { Name: id, Severity: severity, FixedBy: fixedVersion, Description: description } = found;
    // One text with several addresses.
    const url = securePage(found.Link?.split(/\s+/) ?? []);
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
  });
}

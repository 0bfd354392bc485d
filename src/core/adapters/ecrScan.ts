import type { CallOptions, Vulnerability, VulnerabilityReport } from '../../api.ts';
import { isRegistryError } from '../errors.ts';
import { limits } from '../registry/limits.ts';
import { type EcrApi, expected, largestEcrPage } from './ecrApi.ts';
import type { EcrRepositoryId } from './ecrChanges.ts';
import { readScan } from './ecrReplies.ts';

/**
 * What the last scan found. ECR scans the images of platforms, not the index that names them.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
 */
export async function fetchEcrScan(
  api: EcrApi,
  id: EcrRepositoryId,
  digest: string,
  { signal }: CallOptions,
): Promise<VulnerabilityReport> {
  const what = `the scan of ${id.repositoryName}@${digest}`;
  const items: Vulnerability[] = [];
  let nextToken: string | undefined;
  for (let pages = 1; ; pages++) {
    const input = { ...id, imageId: { imageDigest: digest }, maxResults: largestEcrPage };
    let reply: unknown;
    try {
      reply = await api.call('DescribeImageScanFindings', { ...input, ...(nextToken && { nextToken }) }, what, signal);
    } catch (error) {
      if (isScanMissing(error)) return { status: 'none', items: [] };
      throw error;
    }
    const { nextToken: next, ...report } = expected(readScan(reply), api);
    items.push(...report.items);
    if (next === undefined || next === nextToken || pages >= limits.pages || items.length >= limits.names) {
      return { ...report, items };
    }
    nextToken = next;
  }
}

function isScanMissing(error: unknown): boolean {
  return isRegistryError(error, 'not-found') && error.message.includes('ScanNotFoundException');
}

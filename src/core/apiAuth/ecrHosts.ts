import type { SignatureScope } from './sigv4.ts';

/** A registry of Amazon ECR, as its host tells. */
export interface EcrHost {
  /** Twelve digits; `undefined` for ECR Public, which all accounts share. */
  readonly account: string | undefined;
  /** Of the API: that of ECR Public is in one region only. */
  readonly region: string;
  /** Origin of the API that knows the registry. */
  readonly api: string;
  /** The same with `{region}` in it, as in {@link ecrEndpoints}. */
  readonly template: string;
}

/**
 * Host patterns of ECR's registries, as adapters have them, with the API of each.
 * https://docs.aws.amazon.com/general/latest/gr/ecr.html and …/AmazonECR/latest/userguide/ecr-requests.html
 */
export const ecrEndpoints: readonly { readonly hosts: string; readonly api: string }[] = [
  { hosts: '*.dkr.ecr.{region}.amazonaws.com', api: 'https://api.ecr.{region}.amazonaws.com' },
  { hosts: '*.dkr.ecr-fips.{region}.amazonaws.com', api: 'https://ecr-fips.{region}.amazonaws.com' },
  { hosts: '*.dkr.ecr.{region}.amazonaws.com.cn', api: 'https://api.ecr.{region}.amazonaws.com.cn' },
  { hosts: '*.dkr-ecr.{region}.on.aws', api: 'https://ecr.{region}.api.aws' },
  { hosts: '*.dkr-ecr-fips.{region}.on.aws', api: 'https://ecr-fips.{region}.api.aws' },
  { hosts: '*.dkr-ecr.{region}.on.amazonwebservices.com.cn', api: 'https://ecr.{region}.api.amazonwebservices.com.cn' },
];

/** https://docs.aws.amazon.com/AmazonECR/latest/public/public-ecr-requests.html */
export const ecrPublicHosts: readonly string[] = ['public.ecr.aws', 'ecr-public.aws.com'];
export const ecrPublicApi = 'https://api.ecr-public.us-east-1.amazonaws.com';

const account = /^\d{12}\./;

/** `undefined` for a host that is no registry of AWS. */
export function parseEcrHost(host: string): EcrHost | undefined {
  if (ecrPublicHosts.includes(host))
    return { account: undefined, region: 'us-east-1', api: ecrPublicApi, template: ecrPublicApi };
  if (!account.test(host)) return undefined;
  for (const { hosts, api } of ecrEndpoints) {
    const region = regionIn(host.slice(12), hosts.slice(1));
    if (region === undefined) continue;
    return { account: host.slice(0, 12), region, api: api.replace('{region}', region), template: api };
  }
  return undefined;
}

/** What requests to an API of ECR are signed for. `undefined` for every other origin: nothing is signed for it. */
export function ecrApiScope(origin: string): SignatureScope | undefined {
  if (origin === ecrPublicApi) return { service: 'ecr-public', region: 'us-east-1' };
  for (const { api } of ecrEndpoints) {
    const region = regionIn(origin, api);
    if (region !== undefined) return { service: 'ecr', region };
  }
  return undefined;
}

function regionIn(text: string, pattern: string): string | undefined {
  const [before = '', after = ''] = pattern.split('{region}');
  if (!text.startsWith(before) || !text.endsWith(after)) return undefined;
  const region = text.slice(before.length, text.length - after.length);
  return /^[a-z]+(?:-[a-z]+)+-\d+$/.test(region) ? region : undefined;
}

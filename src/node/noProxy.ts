import { BlockList, isIP } from 'node:net';

/** A host without the brackets of an address, and its port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Host and port that a URL leads to. */
export function hostPort(url: URL): HostPort {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port) };
}

/** Whether a host is this machine, which no proxy could reach. */
export function isLoopbackHost(host: string): boolean {
  if (/(?:^|\.)localhost\.?$/i.test(host)) return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether a rule keeps a host from the proxy, as Go reads `NO_PROXY` (golang.org/x/net/http/httpproxy), and so docker,
 * podman and skopeo: `*`; an address or a CIDR; a domain with all below it, or with a leading `.` or `*.` only those below;
 * each but the CIDR with a port if it is to count for that alone. Names are not resolved.
 */
export function isDirect({ host, port }: HostPort, rules: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return rules.some((rule) => matches(name, port, rule.trim().toLowerCase()));
}

/** The value of a variable: separated by commas, or by blanks as curl allows. */
export function splitRules(value: string): readonly string[] {
  return value.split(/[\s,]+/).filter((rule) => rule !== '');
}

function matches(host: string, port: number, rule: string): boolean {
  if (rule === '') return false;
  if (rule === '*') return true;
  if (rule.includes('/')) return isWithin(host, rule);
  const { name, rulePort } = splitPort(rule);
  if (rulePort !== undefined && rulePort !== port) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && isSameAddress(host, name);
  if (isIP(host) !== 0) return false;
  const suffix = name.replace(/^\*/, '');
  if (suffix === '' || suffix === '.') return false;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(rule: string): { readonly name: string; readonly rulePort: number | undefined } {
  if (isIP(rule) !== 0) return { name: rule, rulePort: undefined };
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(rule) ?? [];
  return { name: bracketed ?? plain ?? rule, rulePort: port === undefined ? undefined : Number(port) };
}

/** Whether an address lies in a network such as `10.0.0.0/8`. */
export function isWithin(host: string, rule: string): boolean {
  const [network = '', bits = '', ...rest] = rule.split('/');
  const version = isIP(network);
  const prefix = Number(bits);
  if (rest.length > 0 || version === 0 || !/^\d{1,3}$/.test(bits) || prefix > (version === 4 ? 32 : 128)) return false;
  if (isIP(host) === 0) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

function isSameAddress(a: string, b: string): boolean {
  const list = new BlockList();
  list.addAddress(b, isIP(b) === 4 ? 'ipv4' : 'ipv6');
  return list.check(a, isIP(a) === 4 ? 'ipv4' : 'ipv6');
}

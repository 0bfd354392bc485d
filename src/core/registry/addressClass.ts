/** Where an address leads, as seen from this machine (RFC 6890 and the registries that it made). */
export type AddressClass =
  | 'public'
  /** Of a network that the public one does not route to: RFC 1918, RFC 6598, RFC 4193. */
  | 'private'
  | 'link-local'
  /** This machine. */
  | 'loopback'
  /** Where clouds hand out credentials to whoever asks from their machines. */
  | 'metadata'
  /** No single host has it: multicast, reserved. */
  | 'reserved';

/** The nearer, the more it may name. */
const nearness: Readonly<Record<AddressClass, number>> = {
  public: 0,
  private: 1,
  'link-local': 2,
  loopback: 3,
  metadata: 0,
  reserved: 0,
};

/**
 * Whether what lives at `from` may send us to `to`: nobody else's server may make this machine ask one that only this
 * machine can reach. Metadata and reserved addresses may be named by none.
 */
export function mayName(from: AddressClass, to: AddressClass): boolean {
  if (to === 'metadata' || to === 'reserved') return false;
  return nearness[to] <= nearness[from];
}

/**
 * Whether it is plain without a resolver that the server at `namedBy` may not send us to `target`. Of names the transport
 * decides, which learns their addresses.
 */
export function isForbidden(target: URL, namedBy: URL): boolean {
  if (target.hostname === namedBy.hostname) return false;
  const to = addressClass(target.hostname);
  if (to === undefined) return false;
  return !mayName(addressClass(namedBy.hostname) ?? 'loopback', to);
}

/**
 * The class of the host of a URL, or of an address as a resolver tells it: `10.0.0.1`, `[fe80::1]`, `::ffff:127.0.0.1`,
 * also in forms that few expect, as `2130706433`. `undefined` for a name, whose addresses must be asked for; only
 * `localhost` is known (RFC 6761, section 6.3).
 */
export function addressClass(host: string): AddressClass | undefined {
  const name = canonicalHost(host);
  if (name === undefined) return undefined;
  const ipv4 = parseIpv4(name);
  if (ipv4 !== undefined) return classOfIpv4(ipv4);
  const ipv6 = parseIpv6(name);
  if (ipv6 !== undefined) return classOfIpv6(ipv6);
  return /(?:^|\.)localhost\.?$/.test(name) ? 'loopback' : undefined;
}

/** As the URL standard writes it: decimal and hexadecimal IPv4 become four numbers, IPv6 loses its dots and its zone. */
function canonicalHost(host: string): string | undefined {
  const bare = host.replace(/^\[|\]$/g, '').replace(/%.*$/s, '');
  const address = `http://${bare.includes(':') ? `[${bare}]` : bare}`;
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}

function parseIpv4(name: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name)?.slice(1);
  return parts?.reduce((value, part) => value * 256 + Number(part), 0);
}

/** Eight groups. The URL standard has checked it and left at most one `::`. */
function parseIpv6(name: string): readonly number[] | undefined {
  const inner = /^\[([0-9a-f:]+)\]$/.exec(name)?.[1];
  if (inner === undefined) return undefined;
  const [head = [], tail = []] = inner
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)])));
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

const ipv4Classes: readonly (readonly [network: string, bits: number, class_: AddressClass])[] = [
  // AWS, Azure, Google and most others; AWS's containers; Alibaba Cloud; Oracle's and Azure's platform addresses.
  ['169.254.169.254', 32, 'metadata'],
  ['169.254.170.2', 32, 'metadata'],
  ['169.254.170.23', 32, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['168.63.129.16', 32, 'metadata'],
  // Connects to this machine.
  ['0.0.0.0', 8, 'loopback'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['192.0.0.0', 24, 'private'],
  // Benchmarks, and the made-up addresses of some proxies.
  ['198.18.0.0', 15, 'private'],
  ['224.0.0.0', 3, 'reserved'],
];

function classOfIpv4(address: number): AddressClass {
  const found = ipv4Classes.find(([network, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor((parseIpv4(network) ?? 0) / size);
  });
  return found?.[2] ?? 'public';
}

function classOfIpv6(groups: readonly number[]): AddressClass {
  const [first = 0, second = 0, third = 0, , , sixth = 0, seventh = 0, eighth = 0] = groups;
  const low = seventh * 65536 + eighth;
  const isZeroUpTo = (count: number): boolean => groups.slice(0, count).every((group) => group === 0);
  if (isZeroUpTo(7) && eighth <= 1) return 'loopback';
  // Forms that hold an IPv4 address: mapped, compatible, NAT64 (RFC 6052, RFC 8215), 6to4.
  if (isZeroUpTo(5) && (sixth === 0xffff || sixth === 0)) return classOfIpv4(low);
  if (isZeroUpTo(4) && groups[4] === 0xffff && sixth === 0) return classOfIpv4(low);
  if (first === 0x64 && second === 0xff9b) return classOfIpv4(low);
  if (first === 0x2002) return classOfIpv4(second * 65536 + third);
  // fd00:ec2::254, fd00:ec2::23, fd20:ce::254: AWS and Google.
  if (first === 0xfd00 && second === 0xec2 && [0x254, 0x23].includes(eighth)) return 'metadata';
  if (first === 0xfd20 && second === 0xce && eighth === 0x254) return 'metadata';
  // fe80::/10, fc00::/7, and the site-local fec0::/10 that came before it.
  if ((first & 0xffc0) === 0xfe80) return 'link-local';
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0) return 'private';
  return (first & 0xff00) === 0xff00 ? 'reserved' : 'public';
}

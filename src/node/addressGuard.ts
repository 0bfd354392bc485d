import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { RegistryError } from '../core/errors.ts';
import { type AddressClass, addressClass, mayName } from '../core/registry/addressClass.ts';
import { hostPort } from './noProxy.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveBySystem: Resolve = (host) =>
  new Promise((done, reject) => {
    dnsLookup(host, { all: true }, (error, addresses) => (error === null ? done(addresses) : reject(error)));
  });

/** In the form that sockets take. */
export function lookupBy(resolve: Resolve): LookupFunction {
  return (host, { all = false }, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (all) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family ?? 0);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

/** Looks at the addresses of a host before it is connected to. */
export interface AddressGuard {
  /** Throws for a host that is itself an address, which nobody looks up. */
  check(host: string): void;
  /** Gives only what may be connected to: what was looked at is what is used, whatever the name means a moment later. */
  readonly lookup: LookupFunction;
}

/** Refuses what is nearer to this machine than the server that named `target`. */
export function guardAddresses(options: {
  readonly target: URL;
  readonly namedBy: URL;
  /** Of the server that named it. */
  readonly from: AddressClass;
  readonly isTokenRequest: boolean;
  readonly resolve: Resolve;
}): AddressGuard {
  const { target, namedBy, from, isTokenRequest, resolve } = options;
  const isAllowed = (address: string): boolean => mayName(from, addressClass(address) ?? 'reserved');
  const refusal = (address: string): RegistryError =>
    new RegistryError(
      isTokenRequest ? 'untrusted-realm' : 'protocol',
      `${namedBy.host} leads to ${target.host}, whose address ${address} is of the kind "${addressClass(address)}": a server that is further away must not make this machine ask there. Tell the registry's operator.`,
      {
        host: target.host,
        // With the origin the user can be asked whether the two belong together.
        ...(isTokenRequest && addressClass(address) !== 'metadata' && { realm: target.origin }),
      },
    );
  return {
    check: (host) => {
      if (isIP(host) !== 0 && !isAllowed(host)) throw refusal(host);
    },
    lookup: lookupBy(async (host) => {
      const addresses = await resolve(host);
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      const [refused] = addresses;
      if (allowed.length === 0 && refused !== undefined) throw refusal(refused.address);
      return allowed;
    }),
  };
}

/** Servers that are remembered; those that a hostile one makes up push out each other. */
const originLimit = 1000;

/** Where the servers that answered were, so that one cannot claim afterwards to be nearer than it is. */
export class AnswerOrigins {
  readonly #classes = new Map<string, AddressClass>();
  readonly #resolve: Resolve;

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  /** Notes a connection that has been opened. */
  note(origin: URL, socket: Socket, isProxied: boolean): void {
    const address = isProxied ? origin.hostname : (socket.remoteAddress ?? '');
    this.#classes.delete(origin.origin);
    const [oldest] = this.#classes.keys();
    if (oldest !== undefined && this.#classes.size >= originLimit) this.#classes.delete(oldest);
    // What only a proxy can see counts for far away.
    this.#classes.set(origin.origin, addressClass(address) ?? 'public');
  }

  /**
   * Of one that has not answered yet, as when its challenge was remembered from an earlier session, the farthest of its
   * addresses counts.
   */
  async classOf(origin: URL): Promise<AddressClass> {
    const { host } = hostPort(origin);
    const known = this.#classes.get(origin.origin) ?? addressClass(host);
    if (known !== undefined) return known;
    const addresses = await this.#resolve(host).catch(() => []);
    const classes = addresses.map(({ address }) => addressClass(address) ?? 'public');
    return classes.reduce((far, next) => (mayName(far, next) ? next : far), classes[0] ?? 'public');
  }
}

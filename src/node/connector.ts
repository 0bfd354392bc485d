import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { isRegistryError, RegistryError } from '../core/errors.ts';
import type { AddressGuard } from './addressGuard.ts';
import { type HostPort, hostPort } from './noProxy.ts';
import type { HttpProxy } from './proxy.ts';
import { proxyUnreachable } from './proxyError.ts';
import { certificateError } from './tlsError.ts';
import { transportError } from './transportError.ts';
import type { HostTrust } from './trust.ts';
import { openTunnel } from './tunnel.ts';
import { wideReads } from './wideReads.ts';

export interface ConnectOptions {
  readonly target: URL;
  readonly proxy?: HttpProxy;
  /** Asked for https only. */
  readonly trust: (address: HostPort) => Promise<HostTrust>;
  readonly proxyTrust: (isVerified: boolean) => Promise<HostTrust>;
  /** For an address that another server has named. */
  readonly guard?: (target: URL) => AddressGuard;
  /** For all others. */
  readonly lookup: LookupFunction;
  /** Aborted when it takes too long or nobody waits any more; then no socket is left. */
  readonly signal: AbortSignal;
}

/**
 * A connection to the origin of `target`, ready for HTTP. One through a proxy to an origin without encryption ends at the
 * proxy, which is then asked for whole addresses. Rejects with a RegistryError.
 */
export async function openConnection(options: ConnectOptions): Promise<Socket> {
  const { target, proxy, signal, trust, guard, lookup } = options;
  const address = hostPort(target);
  const sockets: Duplex[] = [];
  const abort = (): void => destroyAll(sockets, abortReason(signal));
  signal.addEventListener('abort', abort, { once: true });
  const keep = <S extends Duplex>(socket: S): S => {
    sockets.unshift(socket);
    // A later stage reports what fails; without a listener Node would end the process.
    socket.on('error', () => {});
    if (signal.aborted) abort();
    return socket;
  };
  try {
    const addresses = guard?.(target);
    addresses?.check(address.host);
    let socket: Socket;
    // Below TLS nobody sees what is read; only its own pieces count.
    const isWide = target.protocol === 'http:';
    if (proxy === undefined) socket = await openTcp(address, keep, addresses?.lookup ?? lookup, { isWide });
    else socket = await throughProxy(proxy, options, keep);
    if (target.protocol === 'https:') {
      const hostTrust = await trust(address);
      socket = await openTls(socket, address, hostTrust, target.host, keep);
    }
    return socket.setNoDelay(true);
  } catch (error) {
    destroyAll(sockets);
    throw transportError(error, target.host, signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * The outermost first, and each later than the one around it: Node crashes when a socket goes away below a TLS socket that
 * is in the middle of its handshake (seen with 24.21).
 */
function destroyAll([outermost, ...inner]: readonly Duplex[], reason?: Error): void {
  outermost?.destroy(reason);
  if (inner.length > 0) setImmediate(destroyAll, inner, reason);
}

type Keep = <S extends Duplex>(socket: S) => S;

async function throughProxy(
  proxy: HttpProxy,
  { target, proxyTrust, signal, lookup }: ConnectOptions,
  keep: Keep,
): Promise<Socket> {
  const address = hostPort(proxy.url);
  let socket: Socket;
  try {
    socket = await openTcp(address, keep, lookup);
    if (proxy.url.protocol === 'https:') {
      socket = await openTls(socket, address, await proxyTrust(proxy.isVerified), proxy.url.host, keep);
    }
  } catch (error) {
    const cause = transportError(error, proxy.url.host, signal);
    throw isRegistryError(cause, 'cancelled') ? cause : proxyUnreachable(proxy, target.host, cause);
  }
  if (target.protocol === 'https:') {
    const { host, port } = hostPort(target);
    await openTunnel(socket, proxy, `${host.includes(':') ? `[${host}]` : host}:${port}`);
  }
  return socket;
}

function openTcp(
  { host, port }: HostPort,
  keep: Keep,
  lookup: LookupFunction,
  { isWide = false } = {},
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onread = isWide && wideReads((chunk) => socket.push(chunk));
    // Node tries the addresses of a name in turn, a little later each (RFC 8305).
    const socket: Socket = keep(connectTcp({ host, port, autoSelectFamily: true, lookup, ...(onread && { onread }) }));
    socket.setKeepAlive(true, 60_000);
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}

function openTls(socket: Duplex, { host }: HostPort, trust: HostTrust, name: string, keep: Keep): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = keep(
      connectTls({
        socket,
        host,
        // An address is no server name (RFC 6066, section 3).
        ...(isIP(host) === 0 && { servername: host }),
        secureContext: trust.context,
        ALPNProtocols: ['http/1.1'],
        // Decided below, where the certificate can still be read for the reason; nothing is sent before.
        rejectUnauthorized: false,
      }),
    );
    const closed = (): void => reject(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' }));
    secure.once('error', reject).once('close', closed);
    secure.once('secureConnect', () => {
      secure.off('error', reject).off('close', closed);
      if (secure.authorized || !trust.isVerified) return resolve(secure);
      const peer = secure.getPeerCertificate(true);
      const reason: unknown = secure.authorizationError;
      const code = reason instanceof Error ? reason.message : String(reason);
      reject(certificateError(name, code, peer));
    });
  });
}

function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new RegistryError('cancelled', 'Cancelled.');
}

import type { Duplex } from 'node:stream';
import { RegistryError } from '../core/errors.ts';
import type { HttpProxy } from './proxy.ts';
import { proxyRefusal } from './proxyError.ts';

/** Bytes of a proxy's answer, which has headers only. */
const answerLimit = 16 * 1024;

/**
 * Asks a proxy to lead on to `target`, a host with its port (RFC 9110, section 9.3.6). Rejects with `proxy`, and with what
 * breaks the socket.
 */
export function openTunnel(socket: Duplex, proxy: HttpProxy, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { authorization } = proxy;
    if (authorization !== undefined && /[^\t\x20-\x7e\x80-\xff]/.test(authorization)) {
      return reject(new RegistryError('proxy', 'The login for the proxy holds characters that no header can.'));
    }
    let answer = Buffer.alloc(0);
    const settle = (error: Error | undefined): void => {
      socket.off('data', read).off('error', settle).off('end', end).off('close', end);
      if (error === undefined) resolve();
      else reject(error);
    };
    const end = (): void => settle(proxyProtocol(proxy, target, 'closed the connection instead of leading on'));
    const read = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const length = answer.indexOf('\r\n\r\n');
      if (length < 0) {
        if (answer.length > answerLimit) settle(proxyProtocol(proxy, target, 'answered with too much'));
        return;
      }
      const [, status, reason = ''] =
        /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n/.exec(answer.toString('latin1')) ?? [];
      socket.pause();
      if (status === undefined) settle(proxyProtocol(proxy, target, 'did not answer as a proxy does'));
      else if (!status.startsWith('2')) settle(proxyRefusal(proxy, target, Number(status), reason));
      else {
        settle(undefined);
        const rest = answer.subarray(length + 4);
        if (rest.length > 0) socket.unshift(rest);
      }
    };
    socket.on('data', read).on('error', settle).on('end', end).on('close', end);
    const login = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`, 'latin1');
  });
}

function proxyProtocol({ url, namedBy }: HttpProxy, target: string, what: string): RegistryError {
  return new RegistryError(
    'proxy',
    `${target} cannot be reached: the proxy ${url.host} ${what}. Check that ${namedBy} names an HTTP proxy, with its right port.`,
    { host: target },
  );
}

import assert from 'node:assert/strict';
import type { GantryErrorCode } from '../../../src/api.ts';
import { RegistryError } from '../../../src/core/errors.ts';
import { transportError } from '../../../src/node/transportError.ts';

const host = 'registry.example:5000';

describe('transportError', () => {
  const codes: readonly (readonly [code: string, kind: GantryErrorCode, says: RegExp])[] = [
    ['ENOTFOUND', 'unreachable', /its name is not known\. Check the spelling/],
    ['EAI_AGAIN', 'unreachable', /the DNS does not answer/],
    ['ECONNREFUSED', 'unreachable', /nothing answers on this port/],
    ['ECONNRESET', 'unreachable', /it closed the connection/],
    ['EPIPE', 'unreachable', /it closed the connection/],
    ['EHOSTUNREACH', 'unreachable', /there is no route to it/],
    ['ENETUNREACH', 'unreachable', /there is no route to its network/],
    ['UND_ERR_SOCKET', 'unreachable', /the connection broke/],
    ['ETIMEDOUT', 'timeout', /did not accept the connection in time/],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', /did not accept the connection in time/],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', /did not answer in time/],
    ['UND_ERR_BODY_TIMEOUT', 'timeout', /stopped in the middle of its answer/],
    ['UND_ERR_HEADERS_OVERFLOW', 'protocol', /headers that are too large/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', /begin the address with http:\/\//],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'tls', /begin the address with http:\/\//],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls', /no encrypted connection could be agreed on/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls', /wants a client certificate/],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'tls', /wants a client certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls', /wants a client certificate/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls', /no version of TLS that is safe/],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls', /no version of TLS that is safe/],
  ];
  for (const [code, kind, says] of codes) {
    it(`is ${kind} for ${code}, and says the host, the cause and the next step`, () => {
      const cause = withCode(code);
      const error = transportError(cause, host, neverAborted);
      assert.deepEqual([error.code, error.host, error.cause], [kind, host, cause]);
      assert.match(error.message, says);
      assert.match(error.message, /^registry\.example:5000 cannot be reached: [^.]+\. [A-Z].+\.$/);
    });
  }

  it('looks into causes and into errors of several addresses', () => {
    const inCause = new Error('fetch failed', { cause: new Error('inner', { cause: withCode('ENOTFOUND') }) });
    assert.match(transportError(inCause, host, neverAborted).message, /its name is not known/);
    const inSeveral = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]);
    assert.match(transportError(inSeveral, host, neverAborted).message, /nothing answers on this port/);
  });

  it('knows an answer that is no HTTP by its name', () => {
    const error = Object.assign(new Error('Response does not match'), { name: 'HTTPParserError' });
    const { code, message } = transportError(error, host, neverAborted);
    assert.equal(code, 'protocol');
    assert.match(message, /does not speak HTTP/);
  });

  it('makes one line of what it does not know', () => {
    const { message } = transportError(new Error('10:error\nSSL\u001b[31m routines\n'), host, neverAborted);
    assert.match(message, /cannot be reached: 10:error SSL \[31m routines\. Check/);
  });

  it('is not led in circles', () => {
    const error = new Error('round');
    error.cause = error;
    assert.equal(transportError(error, host, neverAborted).code, 'unreachable');
  });

  it('says what it knows of an error that it does not know', () => {
    const { code, message } = transportError(withCode('E_NEW', 'the cable is cut'), host, neverAborted);
    assert.equal(code, 'unreachable');
    assert.match(message, /cannot be reached: the cable is cut\. Check the address and the network\.$/);
    for (const odd of [undefined, null, 'text', new Error('')])
      assert.match(transportError(odd, host, neverAborted).message, /cannot be reached: the connection failed\./);
  });

  it('knows no codes but those of the table', () => {
    for (const code of ['constructor', '__proto__', 'toString'])
      assert.equal(transportError(withCode(code), host, neverAborted).code, 'unreachable');
  });

  it('leaves an error of ours as it is', () => {
    const error = new RegistryError('too-large', 'Too large.');
    assert.equal(transportError(error, host, neverAborted), error);
  });

  it('is a cancellation whatever happened, when it was cancelled', () => {
    assert.equal(transportError(withCode('ECONNRESET'), host, AbortSignal.abort()).code, 'cancelled');
  });
});

const neverAborted = new AbortController().signal;

function withCode(code: string, message = 'low-level'): Error {
  return Object.assign(new Error(message), { code });
}

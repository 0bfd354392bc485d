import Agent from 'undici/lib/dispatcher/agent.js';
import { RegistryError, throwIfAborted } from '../core/errors.ts';
import { type Engine, engineOrigin, type FindEngine, type Send } from '../core/ports.ts';
import { type EngineAddress, type EngineEnvironment, engineAddresses, thisMachine } from './engineAddresses.ts';
import { engineError, engineFailure } from './engineFailure.ts';
import { exchange, requestBody } from './exchange.ts';

/**
 * Milliseconds. An engine says nothing while it asks the registry or unpacks a large layer, so it is given longer than a
 * registry; an engine that does not answer a ping is not there.
 */
const timeouts = { connect: 2000, ping: 3000, silence: 10 * 60 * 1000 } as const;

/** The first engine that answers. See {@link FindEngine}. */
export function createFindEngine(environment: () => EngineEnvironment = thisMachine): FindEngine {
  return async ({ signal, host }) => {
    const addresses = await engineAddresses(host, environment());
    const failures: RegistryError[] = [];
    for (const address of addresses) {
      const engine = connect(address);
      const failure = await ping(engine, signal);
      if (failure === undefined) return engine;
      failures.push(failure);
    }
    throw noEngine(addresses, failures);
  };
}

function connect({ socketPath, origin: address }: EngineAddress): Engine {
  const agent = new Agent({
    connect: { socketPath, timeout: timeouts.connect },
    headersTimeout: timeouts.silence,
    bodyTimeout: timeouts.silence,
    // Engines are asked now and then; a connection that lives on would keep a socket for nothing.
    pipelining: 0,
  });
  const send: Send = async (message, signal) => {
    const { method, url, headers } = message;
    const toError = (error: unknown): RegistryError => engineFailure(error, address, signal);
    const path = `${url.pathname}${url.search}`;
    const request = { origin: engineOrigin, path, method, headers: { ...headers }, body: requestBody(message) };
    try {
      return await exchange(agent, request, { signals: [signal], toError });
    } catch (error) {
      throw toError(error);
    }
  };
  return { address, send };
}

/** What keeps an engine from answering; `undefined` when it answers. */
async function ping(engine: Engine, signal: AbortSignal): Promise<RegistryError | undefined> {
  const timeout = AbortSignal.timeout(timeouts.ping);
  const url = new URL('/_ping', engineOrigin);
  try {
    const response = await engine.send({ method: 'GET', url, headers: {} }, AbortSignal.any([signal, timeout]));
    response.discard();
    return response.status === 200 ? undefined : engineError(engine.address, 'NOT_OK');
  } catch (error) {
    throwIfAborted(signal);
    return timeout.aborted ? engineError(engine.address, 'ETIMEDOUT') : (error as RegistryError);
  }
}

function noEngine(addresses: readonly EngineAddress[], failures: readonly RegistryError[]): RegistryError {
  // One that is there and fails says more than those that are not.
  const telling = failures.find((failure) => failure.code !== 'not-found') ?? failures[0];
  if (addresses.length === 1 && telling !== undefined) return telling;
  const places = addresses.map(({ origin }) => origin).join(', ');
  const hint = telling?.code === 'not-found' || telling === undefined ? '' : ` ${telling.message}`;
  return new RegistryError(
    'unreachable',
    `No container engine answers on this machine: Gantry looked at ${places}.${hint} Start Docker or Podman, or name its socket in the setting gantry.engine.host.`,
    { cause: telling },
  );
}

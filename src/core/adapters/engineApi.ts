import { RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import { type Engine, engineOrigin, type FindEngine, type HttpResponse } from '../ports.ts';
import { readBody } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import {
  type EngineDetails,
  type EngineImage,
  type EngineStep,
  readEngineDetails,
  readEngineHistory,
  readEngineImages,
} from './engineReplies.ts';

/** What of an engine's API is about its images. Errors: those of {@link FindEngine}, `not-found`, `protocol`, `server`. */
export interface EngineApi {
  /** Where it listens, for people. */
  address(signal: AbortSignal): Promise<string>;
  images(signal: AbortSignal): Promise<readonly EngineImage[]>;
  /** By a name in full or an id. */
  inspect(
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly details: EngineDetails; readonly history: readonly EngineStep[] }>;
  /** The archive that `docker save` writes. */
  exportImage(
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly address: string; readonly chunks: AsyncIterable<Uint8Array> }>;
}

/** The engine is looked for at each call: it may have been started or stopped meanwhile. */
export function createEngineApi(findEngine: FindEngine): EngineApi {
  async function get(engine: Engine, path: string, what: string, signal: AbortSignal): Promise<HttpResponse> {
    const url = new URL(path, engineOrigin);
    const response = await engine.send({ method: 'GET', url, headers: {} }, signal);
    if (response.status === 200) return response;
    const said = messageOf(await readBody(response, limits.smallBody, engine.address));
    if (response.status === 404) {
      throw new RegistryError(
        'not-found',
        `The engine at ${engine.address} does not have ${what}. It may have been removed.`,
      );
    }
    throw new RegistryError(
      'server',
      `The engine at ${engine.address} failed on ${what} (status ${response.status}).${said === undefined ? '' : ` It said: "${said}".`} See its log.`,
    );
  }

  async function read<T>(
    engine: Engine,
    path: string,
    what: string,
    parse: (document: unknown) => T | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    const bytes = await readBody(await get(engine, path, what, signal), limits.listPage, engine.address);
    const document = parse(parseJson(bytes));
    if (document !== undefined) return document;
    throw new RegistryError(
      'protocol',
      `${engine.address} answers, but not as a container engine does. Check which program listens there.`,
    );
  }

  return {
    address: async (signal) => (await findEngine({ signal })).address,
    images: async (signal) =>
      read(await findEngine({ signal }), '/images/json', 'its images', readEngineImages, signal),
    inspect: async (name, signal) => {
      const engine = await findEngine({ signal });
      // Slashes stand as they are; names have no other character that means something in a path.
      const path = `/images/${name}`;
      const details = await read(engine, `${path}/json`, name, readEngineDetails, signal);
      return { details, history: await read(engine, `${path}/history`, name, readEngineHistory, signal) };
    },
    exportImage: async (id, signal) => {
      const engine = await findEngine({ signal });
      const { body: chunks } = await get(engine, `/images/${id}/get`, id, signal);
      return { address: engine.address, chunks };
    },
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function messageOf(bytes: Uint8Array): string | undefined {
  const message = (parseJson(bytes) as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? oneLine(message) : undefined;
}

import { RegistryError } from '../errors.ts';
import type { Engine, HttpResponse } from '../ports.ts';
import { readBody } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';

/** The JSON object that an engine answered with. Rejects with `protocol` when something else came. */
export async function readEngineReply(
  response: HttpResponse,
  engine: Engine,
): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder().decode(await readBody(response, limits.config, engine.address));
  const reply = parse(text);
  if (response.status === 200 && reply !== undefined) return reply;
  throw new RegistryError(
    'protocol',
    `${engine.address} answers (status ${response.status}), but not as a container engine does. Check which program listens there.`,
  );
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

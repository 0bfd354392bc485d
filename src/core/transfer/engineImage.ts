import { type Engine, engineOrigin, type HttpResponse } from '../ports.ts';
import { readBody } from '../registry/body.ts';
import { limits } from '../registry/limits.ts';
import { readEngineReply } from './engineReply.ts';

/** The message of an answer that is no success: JSON, or text from what stands between. */
export async function readEngineMessage(response: HttpResponse, engine: Engine): Promise<string> {
  const text = new TextDecoder().decode(await readBody(response, limits.smallBody, engine.address));
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}

/** What went wrong, in a line of an engine's answer: `errorDetail`, and `error` beside it for old clients. */
export function failureOf(message: Readonly<Record<string, unknown>>): string | undefined {
  const { errorDetail, error } = message;
  const detail = (errorDetail as { readonly message?: unknown } | null | undefined)?.message;
  return [detail, error].find((text) => typeof text === 'string' && text !== '') as string | undefined;
}

/** Docker's API, ImageInspect: proof that the image is there. `undefined` where it is not. */
export async function inspectEngineImage(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const url = new URL(`/images/${name}/json`, engineOrigin);
  const response = await engine.send({ method: 'GET', url, headers: {} }, signal);
  if (response.status === 404) {
    response.discard();
    return undefined;
  }
  return readEngineReply(response, engine);
}

/** What the engine calls an image that it has by a name. */
export async function readImageId(engine: Engine, name: string, signal: AbortSignal): Promise<string | undefined> {
  const { Id: id } = (await inspectEngineImage(engine, name, signal)) ?? {};
  return typeof id === 'string' ? id : undefined;
}

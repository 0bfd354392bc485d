import { RegistryError } from '../errors.ts';

/** Lines of an engine's answer are some hundred bytes; its longest are error messages. */
const maxLineLength = 1024 * 1024;

/** The JSON objects of a stream, one a line. What is no JSON object is passed over. */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineLength) throw new RegistryError('protocol', `${source} sent a line without an end.`);
    yield* lines.flatMap(parseObject);
  }
  yield* parseObject(rest + decoder.decode());
}

function parseObject(line: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [value as Record<string, unknown>]
      : [];
  } catch {
    return [];
  }
}

import { oneLine } from '../oneLine.ts';

/** What an image says of its own end. `since` is an ISO date that has come; `note` is foreign text in one line. */
export interface EndOfLife {
  readonly since?: string;
  readonly note?: string;
}

/*
 * There is no annotation of the OCI image-spec for it. Those in use: Microsoft's lifecycle artifacts
 * (`vnd.microsoft.artifact.lifecycle.end-of-life.date`, also with `vnd.oci.`), Artifact Hub's `…package.deprecated`, and
 * keys of one's own that end alike.
 */
const dateKey = /(?:^|[./_-])(?:end-of-life|eol|end-of-support)(?:[._-]date)?$/i;
const flagKey = /(?:^|[./_-])deprecated$/i;
const noteKey = /(?:^|[./_-])(?:deprecation|deprecated)[._-](?:message|notice|reason)$/i;

const longestNote = 200;

/** `undefined` for an image that says nothing of it, or whose day has not come. */
export function endOfLife(annotations: Readonly<Record<string, string>>, today: string): EndOfLife | undefined {
  const entries = Object.entries(annotations);
  const [, date] = entries.find(([key, value]) => dateKey.test(key) && isDate(value)) ?? [];
  const since = date?.slice(0, 10);
  const [, flag] = entries.find(([key]) => flagKey.test(key)) ?? [];
  const isFlagged = flag !== undefined && !/^(?:false|no|0|)$/i.test(flag.trim());
  const hasEnded = since !== undefined && since <= today.slice(0, 10);
  if (!isFlagged && !hasEnded) return undefined;
  const [, written] = entries.find(([key]) => noteKey.test(key)) ?? [];
  // Some write the reason where others write that it is so.
  const text = written ?? (isFlagged && !/^(?:true|yes|1)$/i.test(flag.trim()) ? flag : undefined);
  const note = text === undefined ? '' : oneLine(text).slice(0, longestNote);
  return { ...(hasEnded && { since }), ...(note !== '' && { note }) };
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text));
}

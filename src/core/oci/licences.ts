import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import current from 'spdx-license-ids/index.json' with { type: 'json' };

/** Identifiers of SPDX's list (https://spdx.org/licenses), by their lower case: images write them as they like. */
const known: ReadonlyMap<string, string> = new Map([...current, ...deprecated].map((id) => [id.toLowerCase(), id]));

export interface LicencePart {
  readonly text: string;
  /** Page of the licence that the text is the identifier of. */
  readonly page?: string;
}

/** A longer text is no expression but the licence itself. */
const longestExpression = 500;

/** What stands between identifiers, as people write them: `MIT License`. */
const connective = /^(?:and|or|with|the|licen[cs]es?)$/i;

/**
 * The parts of an SPDX expression, such as `Apache-2.0 AND (MIT OR GPL-2.0-or-later)`; together they are the text. Some
 * identifiers are words, as `DOC` and `Fair`: among other words they are taken for these.
 */
export function licenceParts(text: string): readonly LicencePart[] {
  if (text.length > longestExpression) return [{ text }];
  const parts = text.split(/([A-Za-z0-9.-]+)/);
  const isWord = (part: string): boolean => /^[A-Za-z]+$/.test(part);
  const isProse = parts.some((part) => isWord(part) && !connective.test(part) && !known.has(part.toLowerCase()));
  return parts.flatMap((part): readonly LicencePart[] => {
    const id = isProse && isWord(part) ? undefined : known.get(part.toLowerCase());
    if (id !== undefined) return [{ text: part, page: `https://spdx.org/licenses/${id}.html` }];
    return part === '' ? [] : [{ text: part }];
  });
}

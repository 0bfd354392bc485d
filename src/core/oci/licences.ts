/**
 * Licences that images name, by their identifiers in SPDX's list (https://spdx.org/licenses). Not all of its 700: one that is
 * missing here is told without a link, and a link that leads nowhere would be worse.
 */
const known: ReadonlyMap<string, string> = new Map(
  [
    ...['0BSD', 'AFL-3.0', 'AGPL-3.0', 'AGPL-3.0-only', 'AGPL-3.0-or-later', 'Apache-1.1', 'Apache-2.0'],
    ...['Artistic-1.0', 'Artistic-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-2-Clause-Patent', 'BSD-3-Clause'],
    ...['BSD-4-Clause', 'BSL-1.0', 'BUSL-1.1', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC0-1.0', 'CDDL-1.0', 'CDDL-1.1'],
    ...['CECILL-2.1', 'CPL-1.0', 'curl', 'ECL-2.0', 'Elastic-2.0', 'EPL-1.0', 'EPL-2.0', 'EUPL-1.1', 'EUPL-1.2'],
    ...['GFDL-1.3-only', 'GFDL-1.3-or-later', 'GPL-1.0-or-later', 'GPL-2.0', 'GPL-2.0-only', 'GPL-2.0-or-later'],
    ...['GPL-3.0', 'GPL-3.0-only', 'GPL-3.0-or-later', 'HPND', 'ICU', 'IJG', 'ISC', 'LGPL-2.0-only'],
    ...['LGPL-2.0-or-later', 'LGPL-2.1', 'LGPL-2.1-only', 'LGPL-2.1-or-later', 'LGPL-3.0', 'LGPL-3.0-only'],
    ...['LGPL-3.0-or-later', 'Libpng', 'MIT', 'MIT-0', 'MPL-1.1', 'MPL-2.0', 'MS-PL', 'MulanPSL-2.0', 'NCSA'],
    ...['ODbL-1.0', 'OFL-1.1', 'OpenSSL', 'OSL-3.0', 'PHP-3.01', 'PostgreSQL', 'PSF-2.0', 'Python-2.0', 'Ruby'],
    ...['SSPL-1.0', 'TCL', 'Unicode-3.0', 'Unicode-DFS-2016', 'Unlicense', 'UPL-1.0', 'Vim', 'W3C', 'WTFPL'],
    ...['X11', 'Zlib', 'ZPL-2.1'],
  ].map((id) => [id.toLowerCase(), id]),
);

export interface LicencePart {
  readonly text: string;
  /** Page of the licence that the text is the identifier of. */
  readonly page?: string;
}

/** A longer text is no expression but the licence itself. */
const longestExpression = 500;

/** The parts of an SPDX expression, such as `Apache-2.0 AND (MIT OR GPL-2.0-or-later)`; together they are the text. */
export function licenceParts(text: string): readonly LicencePart[] {
  if (text.length > longestExpression) return [{ text }];
  return text.split(/([A-Za-z0-9.-]+)/).flatMap((part): readonly LicencePart[] => {
    const id = known.get(part.toLowerCase());
    if (id !== undefined) return [{ text: part, page: `https://spdx.org/licenses/${id}.html` }];
    return part === '' ? [] : [{ text: part }];
  });
}

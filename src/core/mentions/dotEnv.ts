/** The file `.env` beside a Compose file: `NAME=value`, quoted or not, with comments. */
export function parseDotEnv(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, written = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:](.*)$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, valueIn(written.trim()));
  }
  return values;
}

function valueIn(written: string): string {
  const [, , quoted] = /^(["'])(.*?)\1/.exec(written) ?? [];
  return quoted ?? written.replace(/(?:^|\s+)#.*$/, '');
}

/**
 * The parts of a host that a pattern names, when it is of the pattern: exact, or with `*.` at the beginning for any
 * labels; `{region}`, or another name in braces, stands for one label. Hosts have their port, and case does not count.
 */
export function matchHost(pattern: string, host: string): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [pattern.toLowerCase().split('.'), host.toLowerCase().split('.')];
  const isOpen = wanted[0] === '*';
  if (isOpen ? given.length < wanted.length : given.length !== wanted.length) return undefined;
  const names: Record<string, string> = {};
  const labels = isOpen ? wanted.slice(1) : wanted;
  const rest = given.slice(given.length - labels.length);
  for (const [index, label] of labels.entries()) {
    const actual = rest[index] ?? '';
    const name = /^\{([a-z]+)\}$/.exec(label)?.[1];
    if (name === undefined ? label !== actual : actual === '') return undefined;
    if (name !== undefined) names[name] = actual;
  }
  return names;
}

/**
 * Whether an address belongs to the registry itself: its origin, or for a registry at `http://host` the same host by
 * https, where servers send whoever comes without encryption. Other ports may be other people's.
 */
export function isOwnOrigin(url: URL, registry: URL): boolean {
  return url.origin === registry.origin || url.origin === encrypted(registry)?.origin;
}

/** The same address by https; `undefined` where it is that already, or has a port of its own. */
export function encrypted(url: URL): URL | undefined {
  if (url.protocol !== 'http:' || url.port !== '') return undefined;
  const upgraded = new URL(url);
  upgraded.protocol = 'https:';
  return upgraded;
}

import type { GantryErrorCode } from '../../api.ts';
import { RegistryError } from '../errors.ts';
import { oneLine } from '../oneLine.ts';
import type { EngineInfo } from './engineInfo.ts';

/** What a pull into an engine was about. */
export interface EnginePullSubject {
  readonly engine: EngineInfo;
  /** As references name it, with its port. */
  readonly registry: string;
  readonly reference: string;
}

type Sentence = (subject: EnginePullSubject) => string;

/** Engines tell causes in words only. The words are those of Docker's and of podman's registry clients; first match wins. */
const causes: readonly (readonly [pattern: RegExp, code: GantryErrorCode, sentence: Sentence])[] = [
  [
    /server gave HTTP response to HTTPS client/i,
    'tls',
    ({ engine, registry }) =>
      `${engine.name} does not pull from ${registry}: it wants encryption, and this registry has none. ${allowPlainHttp(engine, registry)}`,
  ],
  [
    /x509:|certificate/i,
    'tls',
    ({ engine, registry }) =>
      `${engine.name} does not trust the certificate of ${registry}. Put the certificate of its authority where the engine looks: ${certificateFolder(engine)}/${registry}/ca.crt.`,
  ],
  [
    /no space left on device/i,
    'storage',
    ({ engine, reference }) =>
      `${engine.name} has no space left for ${reference}. Remove images that are not needed, or free some of its disk.`,
  ],
  [
    /no image found in|no matching manifest|does not match the specified platform|does not provide the specified platform/i,
    'not-found',
    ({ engine, reference }) =>
      `${engine.name} finds no image for its platform in ${reference}. Choose one of the image's platforms.`,
  ],
  [
    /toomanyrequests|too many requests|rate limit/i,
    'rate-limited',
    ({ engine, registry }) =>
      `${registry} takes no more requests from ${engine.name} for now. Wait, or sign in to be allowed more.`,
  ],
  [
    /manifest[\w ]* unknown|repository name not known|name unknown|manifest for .* not found|: not found/i,
    'not-found',
    ({ engine, registry, reference }) =>
      `${engine.name} does not find ${reference} at ${registry}. Check the name; it may have been deleted.`,
  ],
  [
    /unauthorized|authentication required|access denied|no basic auth credentials|invalid username\/password|\bdenied\b|status[: ]+40[13]/i,
    'unauthorized',
    ({ engine, registry, reference }) =>
      `${registry} does not give ${reference} to ${engine.name} with this login, or hides that it does not exist. Sign in to ${registry}, or check the name.`,
  ],
  [
    /no such host|connection refused|i\/o timeout|dial tcp|network is unreachable|deadline exceeded|connection reset|\bEOF\b/i,
    'unreachable',
    ({ engine, registry }) =>
      `${engine.name} cannot reach ${registry}. Check its network and proxy: the engine fetches the image itself, and may run in a virtual machine.`,
  ],
];

/** The error for what an engine said about a pull that failed. */
export function engineError(said: string, subject: EnginePullSubject): RegistryError {
  const known = causes.find(([pattern]) => pattern.test(said));
  const words = oneLine(withoutQueries(said));
  const quote = words === '' ? '' : ` It said: "${words}".`;
  const { engine, reference, registry } = subject;
  if (known === undefined) {
    const message = `${engine.name} failed to pull ${reference}.${quote} See the log of the engine.`;
    return new RegistryError('server', message, { host: registry });
  }
  const [, code, sentence] = known;
  return new RegistryError(code, `${sentence(subject)}${quote}`, { host: registry });
}

/** Addresses of object storage carry their permission in the query. */
function withoutQueries(text: string): string {
  return text.replace(/(https?:\/\/[^\s"'?]+)\?[^\s"']*/g, '$1?…');
}

function allowPlainHttp({ kind }: EngineInfo, registry: string): string {
  return kind === 'podman'
    ? `To allow it, add to registries.conf: [[registry]] location = "${registry}", insecure = true.`
    : `To allow it, add "${registry}" to "insecure-registries" in the engine's daemon.json and restart the engine.`;
}

function certificateFolder({ kind }: EngineInfo): string {
  return kind === 'podman' ? '/etc/containers/certs.d' : '/etc/docker/certs.d';
}

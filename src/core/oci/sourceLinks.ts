/** Where the source of an image can be looked at, as far as the address that it names tells. Only `https:` pages. */

interface Source {
  readonly host: string;
  /** Percent-encoded, without `.git` at its end. */
  readonly path: readonly string[];
}

interface Forge {
  readonly host: RegExp;
  /** Path of the repository in the path of any of its pages. */
  readonly repository: (path: readonly string[]) => readonly string[];
  /** What stands between the repository and the commit. */
  readonly commit: string;
}

const firstTwo = (path: readonly string[]): readonly string[] => path.slice(0, 2);

/** Hosts whose pages of commits have a known form; those that people run themselves are known by the names that they usually have. */
const forges: readonly Forge[] = [
  { host: /^(?:github\.com|github\..+|.+\.ghe\.com)$/, repository: firstTwo, commit: 'commit' },
  { host: /^(?:codeberg\.org|gitea\.com|gitea\..+|forgejo\..+)$/, repository: firstTwo, commit: 'commit' },
  { host: /^bitbucket\.org$/, repository: firstTwo, commit: 'commits' },
  { host: /^git\.sr\.ht$/, repository: firstTwo, commit: 'commit' },
  { host: /^gitlab\..+$/, repository: (path) => before(path, '-'), commit: '-/commit' },
  {
    host: /^dev\.azure\.com$/,
    repository: (path) => (path[2] === '_git' ? path.slice(0, 4) : []),
    commit: 'commit',
  },
  { host: /^.+\.googlesource\.com$/, repository: (path) => before(path, '+'), commit: '+' },
];

const longest = 2048;

/** The page of a source: the address itself, or where the address of a Git server leads on a host that is known. */
export function sourcePage(source: string): string | undefined {
  const page = httpsPage(source);
  if (page !== undefined) return page;
  const parsed = parseSource(source);
  if (parsed === undefined || forgeOf(parsed) === undefined) return undefined;
  return `https://${parsed.host}/${parsed.path.join('/')}`;
}

/** The page of the commit that an image was built from, where the form of such pages is known. */
export function commitPage(source: string, revision: string): string | undefined {
  const parsed = parseSource(source);
  const forge = parsed && forgeOf(parsed);
  if (parsed === undefined || forge === undefined || !/^[0-9a-f]{7,64}$/i.test(revision)) return undefined;
  const repository = withoutSuffix(forge.repository(parsed.path));
  const least = forge.commit === '+' ? 1 : 2;
  if (repository.length < least) return undefined;
  return `https://${parsed.host}/${repository.join('/')}/${forge.commit}/${revision.toLowerCase()}`;
}

/** An `https:` address that says nothing but where it leads. */
export function httpsPage(text: string): string | undefined {
  if (text.length > longest || !/^https:\/\/[!-~]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === '' && url.password === '' ? url.href : undefined;
}

/** `https://`, `http://`, `ssh://`, `git://`, also after `git+` or `scm:git:`; `git@HOST:PATH`; `HOST/PATH`. */
function parseSource(text: string): Source | undefined {
  const bare = text.replace(/^(?:scm:git:|git\+)/, '');
  const [, host, path] = /^(?:git@)?([a-z0-9.-]+):(?![/\d])([!-~]+)$/i.exec(bare) ?? [];
  const address = host !== undefined ? `ssh://${host}/${path}` : bare.includes('://') ? bare : `https://${bare}`;
  if (address.length > longest || !/^[!-~]+$/.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isWeb = /^https?:$/.test(url.protocol);
  if (url.password !== '' || (isWeb ? url.username !== '' : !/^(?:ssh|git):$/.test(url.protocol))) return undefined;
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  return { host: (isWeb ? url.host : url.hostname).toLowerCase(), path: withoutSuffix(segments) };
}

function forgeOf({ host }: Source): Forge | undefined {
  return forges.find((forge) => forge.host.test(host.replace(/:\d+$/, '')));
}

function before(path: readonly string[], mark: string): readonly string[] {
  const at = path.indexOf(mark);
  return at < 0 ? path : path.slice(0, at);
}

function withoutSuffix(path: readonly string[]): readonly string[] {
  return path.map((segment, place) => (place === path.length - 1 ? segment.replace(/\.git$/, '') : segment));
}

import { type KnownFile, knownFile } from './knownKeys.ts';

export type Grammar = 'dockerfile' | 'yaml' | 'json' | 'hcl' | 'ini';

/** What a file is by its name: a kind with a reader of its own, a line of the table, or what its content says. */
export type FileKind =
  | 'compose'
  | 'kustomization'
  | 'helm'
  | 'github'
  | 'gitlab'
  | 'devcontainer'
  | 'bake'
  | 'unknown'
  | KnownFile;

const grammarOfLanguage: Readonly<Record<string, Grammar>> = {
  dockerfile: 'dockerfile',
  containerfile: 'dockerfile',
  dockercompose: 'yaml',
  yaml: 'yaml',
  helm: 'yaml',
  ansible: 'yaml',
  'azure-pipelines': 'yaml',
  'github-actions-workflow': 'yaml',
  json: 'json',
  jsonc: 'json',
  dockerbake: 'hcl',
  hcl: 'hcl',
  nomad: 'hcl',
  opentofu: 'hcl',
  terraform: 'hcl',
  ini: 'ini',
  properties: 'ini',
  quadlet: 'ini',
  'systemd-unit-file': 'ini',
  toml: 'ini',
};

const grammarOfPath: readonly (readonly [RegExp, Grammar])[] = [
  [/(?:^|\/)(?:dockerfile|containerfile)(?:\.[^/]*)?$|\.(?:dockerfile|containerfile)$/, 'dockerfile'],
  [/\.ya?ml$/, 'yaml'],
  [/\.jsonc?$/, 'json'],
  [/\.(?:hcl|tf|tofu|nomad)$/, 'hcl'],
  [/\.(?:container|image|volume|kube|pod|toml)$/, 'ini'],
];

/** Names of files that {@link grammarOf} knows by their path, as globs: what a search for images in a folder looks at. */
export const fileNames: readonly string[] = [
  ...['[Dd]ockerfile', '[Cc]ontainerfile'].flatMap((name) => [name, `${name}.*`, `*.${name}`]),
  ...['yml', 'yaml', 'json', 'jsonc', 'hcl', 'tf', 'tofu', 'nomad', 'toml'].map((extension) => `*.${extension}`),
  ...['container', 'image', 'volume', 'kube', 'pod'].map((extension) => `*.${extension}`),
];

const kindOfLanguage: Readonly<Record<string, FileKind>> = {
  dockercompose: 'compose',
  helm: 'helm',
  'github-actions-workflow': 'github',
  dockerbake: 'bake',
};

const kindOfPath: readonly (readonly [RegExp, FileKind])[] = [
  [/(?:^|\/)(?:docker-|podman-|container-)?compose[^/]*\.ya?ml$/, 'compose'],
  [/(?:^|\/)kustomization\.ya?ml$/, 'kustomization'],
  [/(?:^|\/)values[^/]*\.ya?ml$/, 'helm'],
  [/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]*\.ya?ml$|(?:^|\/)action\.ya?ml$/, 'github'],
  [/(?:^|\/)[^/]*\.gitlab-ci\.ya?ml$|(?:^|\/)\.gitlab\/.*\.ya?ml$/, 'gitlab'],
  [/(?:^|\/)\.?devcontainer\.json$/, 'devcontainer'],
  [/(?:^|\/)docker-bake[^/]*\.(?:hcl|json)$/, 'bake'],
];

/** The grammar of a file, by its language or else its name; `undefined` for what names no images. */
export function grammarOf(languageId: string, fileName: string | undefined): Grammar | undefined {
  const path = normalize(fileName);
  if (path.endsWith('ignore')) return undefined;
  const known = Object.hasOwn(grammarOfLanguage, languageId) ? grammarOfLanguage[languageId] : undefined;
  return known ?? grammarOfPath.find(([pattern]) => pattern.test(path))?.[1];
}

export function kindOf(languageId: string, fileName: string | undefined): FileKind {
  const path = normalize(fileName);
  const byName = kindOfPath.find(([pattern]) => pattern.test(path))?.[1] ?? knownFile(path);
  if (byName !== undefined) return byName;
  return (Object.hasOwn(kindOfLanguage, languageId) ? kindOfLanguage[languageId] : undefined) ?? 'unknown';
}

export function isComposeFile(languageId: string, fileName: string): boolean {
  return kindOf(languageId, fileName) === 'compose';
}

function normalize(fileName: string | undefined): string {
  return (fileName ?? '').replaceAll('\\', '/').toLowerCase();
}

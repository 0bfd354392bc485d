import { posix } from 'node:path';
import { readImports } from './readImports.ts';

/** A part of the house. Its files may always import each other. */
interface Part {
  /** Parts that it may import. */
  readonly parts?: readonly string[];
  /** Parts of which it may import types only. */
  readonly typesOf?: readonly string[];
  /** Packages by their whole specifier; `node:*` for all modules of Node. */
  readonly packages?: readonly string[];
  /** Packages of which it may import types only. */
  readonly packageTypesOf?: readonly string[];
}

const coreFolders = [
  'oci',
  'registry',
  'credentials',
  'apiAuth',
  'adapters',
  'image',
  'trust',
  'transfer',
  'mentions',
  'finding',
];

/** Files directly in src/core that stand on top of its folders, as those of useCases do. All others there are helpers that the folders share. */
const coreTop: readonly string[] = [
  'able.ts',
  'adapterHttp.ts',
  'adapterRoutes.ts',
  'allPages.ts',
  'allTags.ts',
  'artifactContent.ts',
  'attachments.ts',
  'connectionLogins.ts',
  'connectionNotices.ts',
  'connections.ts',
  'copies.ts',
  'connectionUrl.ts',
  'deletions.ts',
  'engineExport.ts',
  'foreignAdapters.ts',
  'gantry.ts',
  'imageContents.ts',
  'imageFiles.ts',
  'imagePackages.ts',
  'inspect.ts',
  'layeredImage.ts',
  'lazyGantry.ts',
  'loginOffer.ts',
  'manifestSummary.ts',
  'nameList.ts',
  'openSession.ts',
  'pageWithin.ts',
  'pastedAddress.ts',
  'pins.ts',
  'pruneLog.ts',
  'prunes.ts',
  'publicApi.ts',
  'pulls.ts',
  'pullToFiles.ts',
  'recentImages.ts',
  'repositoryLists.ts',
  'servedRepositories.ts',
  'sessions.ts',
  'tagWatch.ts',
  'transferJobs.ts',
  'transferRequests.ts',
  'watchedTags.ts',
  'untagged.ts',
  'webPages.ts',
];

/**
 * Who may import whom, the whole of it: what is not here is forbidden. A new edge is a decision about the design, not a
 * line to add until the test is green.
 */
export const matrix: Readonly<Record<string, Part>> = {
  api: {},
  messages: { typesOf: ['api'] },

  'core/helpers': { typesOf: ['api'] },
  'core/oci': {
    parts: ['core/helpers'],
    typesOf: ['api'],
    packages: ['spdx-license-ids/deprecated.json', 'spdx-license-ids/index.json', 'valibot'],
  },
  'core/registry': { parts: ['core/helpers', 'core/oci'], typesOf: ['api'] },
  'core/credentials': {
    parts: ['core/helpers', 'core/oci', 'core/registry'],
    typesOf: ['api'],
    packages: ['valibot'],
  },
  'core/apiAuth': { parts: ['core/helpers', 'core/registry'], typesOf: ['api'] },
  'core/adapters': {
    parts: ['core/helpers', 'core/oci', 'core/registry', 'core/apiAuth'],
    typesOf: ['api'],
    packages: ['valibot'],
  },
  'core/image': { parts: ['core/helpers', 'core/oci', 'core/registry'], typesOf: ['api'] },
  'core/trust': { parts: ['core/helpers', 'core/oci', 'core/registry'], typesOf: ['api'] },
  'core/transfer': { parts: ['core/helpers', 'core/oci', 'core/registry'], typesOf: ['api'] },
  'core/mentions': { parts: ['core/helpers', 'core/oci'], typesOf: ['api'], packages: ['jsonc-parser', 'yaml'] },
  'core/finding': { parts: ['core/helpers', 'core/oci', 'core/registry'], typesOf: ['api'], packages: ['valibot'] },
  'core/top': { parts: ['core/helpers', ...coreFolders.map((folder) => `core/${folder}`)], typesOf: ['api'] },

  // Ports lie below what stands on them: they may use the core's folders, not the use cases.
  node: {
    parts: [
      'core/helpers',
      'core/oci',
      'core/registry',
      'core/credentials',
      'core/apiAuth',
      'core/image',
      'core/trust',
    ],
    typesOf: ['api'],
    packages: [
      'node:*',
      '@aws-sdk/credential-provider-node',
      'google-auth-library',
      'smol-toml',
      'undici/lib/dispatcher/agent.js',
      'valibot',
    ],
    // Evaluating it would put its agent into the process-wide slots that every other extension's `fetch` uses.
    packageTypesOf: ['undici'],
  },
  // Joins the use cases with their ports, and so stands above both.
  assembly: { parts: ['core/helpers', 'core/top', 'node'] },
  host: {
    parts: ['core/helpers', 'core/top', ...coreFolders.map((folder) => `core/${folder}`), 'node'],
    typesOf: ['api', 'messages'],
    packages: ['vscode', 'node:crypto'],
  },
  extension: { parts: ['core/top', 'host', 'assembly'], typesOf: ['api'], packages: ['vscode'] },

  'webview/ui': { parts: ['core/oci'], typesOf: ['api', 'messages'] },
  'webview/image': { parts: ['core/oci', 'webview/ui'], typesOf: ['api', 'messages'] },
  'webview/repository': { parts: ['webview/ui'], typesOf: ['messages'] },
};

/** The part that a file of src belongs to, by its path in the repository. */
export function partOf(path: string): string | undefined {
  const [folder, ...segments] = path.replace(/^src\//, '').split('/');
  const [first = ''] = segments;
  if (folder === undefined || folder === path) return undefined;
  if (segments.length === 0) return known(folder.replace(/\.ts$/, ''));
  if (path === 'src/node/assembly.ts') return 'assembly';
  if (folder === 'core' && first === 'useCases') return 'core/top';
  if (folder === 'core' && segments.length === 1) return coreTop.includes(first) ? 'core/top' : 'core/helpers';
  return known(folder === 'core' || folder === 'webview' ? `${folder}/${first}` : folder);
}

/** What is forbidden of the imports of some files, a sentence each. `sources` are texts by path: `src/core/gantry.ts`. */
export function findViolations(sources: ReadonlyMap<string, string>): readonly string[] {
  return [...sources].flatMap(([path, source]) => {
    const part = partOf(path);
    if (part === undefined) return [`${path} belongs to no part of the matrix`];
    return readImports(path, source).flatMap(({ specifier, isTypeOnly }) => {
      const reason = refusal({ path, part, specifier, isTypeOnly, sources });
      return reason === undefined ? [] : [`${path} (${part}) ${reason}`];
    });
  });
}

/** Packages that the matrix allows and no file imports, as `part: package`. */
export function findUnusedPackages(sources: ReadonlyMap<string, string>): readonly string[] {
  const used = new Set(
    [...sources].flatMap(([path, source]) =>
      readImports(path, source).flatMap(({ specifier = '' }) =>
        [specifier, specifier.replace(/^node:.*/, 'node:*')].map((name) => `${partOf(path)}: ${name}`),
      ),
    ),
  );
  return Object.entries(matrix)
    .flatMap(([part, { packages = [], packageTypesOf = [] }]) =>
      [...packages, ...packageTypesOf].map((name) => `${part}: ${name}`),
    )
    .filter((entry) => !used.has(entry));
}

function refusal(edge: {
  readonly path: string;
  readonly part: string;
  readonly specifier: string | undefined;
  readonly isTypeOnly: boolean;
  readonly sources: ReadonlyMap<string, string>;
}): string | undefined {
  const { path, part, specifier, isTypeOnly, sources } = edge;
  const { parts = [], typesOf = [], packages = [], packageTypesOf = [] } = matrix[part] ?? {};
  if (specifier === undefined) return 'imports what only running it tells';

  if (!specifier.startsWith('.')) {
    const isNode = specifier.startsWith('node:') && packages.includes('node:*');
    if (isNode || packages.includes(specifier) || (isTypeOnly && packageTypesOf.includes(specifier))) return undefined;
    return packageTypesOf.includes(specifier)
      ? `may import types only of ${specifier}`
      : `may not import the package ${specifier}`;
  }

  const target = posix.join(posix.dirname(path), specifier);
  if (!sources.has(target)) return `imports ${specifier}, which is no file of src`;
  const targetPart = partOf(target) ?? target;
  if (targetPart === part || parts.includes(targetPart)) return undefined;
  if (!typesOf.includes(targetPart)) return `may not import ${targetPart} (${specifier})`;
  return isTypeOnly ? undefined : `may import types only of ${targetPart} (${specifier})`;
}

function known(part: string): string | undefined {
  return Object.hasOwn(matrix, part) ? part : undefined;
}

import assert from 'node:assert/strict';
import type { RegistrySession, RepositorySession } from '../../src/api.ts';
import { type ContractContent, content, pushContent } from './adapterContract/content.ts';
import { failingRules } from './adapterContract/failingRules.ts';
import { listingRules } from './adapterContract/listingRules.ts';
import { readingRules } from './adapterContract/readingRules.ts';
import { type ContractServer, open } from './adapterContract/session.ts';
import { writingRules } from './adapterContract/writingRules.ts';

export type { ContractContent, ContractServer };
export { pushContent };

const sessionAbilities = [
  'listNamespaces',
  'listRepositories',
  'searchRepositories',
  'createRepository',
  'rateLimit',
] as const satisfies readonly (keyof RegistrySession)[];

const repositoryAbilities = [
  'listReferrers',
  'putManifest',
  'mountBlob',
  'uploadBlob',
  'deleteTag',
  'deleteManifest',
  'deleteRepository',
  'listUntagged',
  'vulnerabilities',
  'tagHistory',
  'protectTag',
  'readme',
  'webUrl',
] as const satisfies readonly (keyof RepositorySession)[];

/** What a session may leave out. */
export type Ability = (typeof sessionAbilities)[number] | (typeof repositoryAbilities)[number];

/** Those that every registry has that can be written to, by the protocol alone. */
export const distributionAbilities = [
  'listRepositories',
  'listReferrers',
  'putManifest',
  'mountBlob',
  'uploadBlob',
  'deleteTag',
  'deleteManifest',
] as const satisfies readonly Ability[];

export interface AdapterContract {
  /** Of the registry: `Docker Hub (emulated)`. */
  readonly name: string;
  readonly start: (content: ContractContent) => Promise<ContractServer>;
  /** What the adapter offers; everything else it must leave out. */
  readonly offers: readonly Ability[];
  /** Of that: what this server answers with `unsupported`. */
  readonly refuses?: readonly Ability[];
  /** Whether its lists may be longer than was asked for, as those of Distribution 2 are: Gantry cuts them then. */
  readonly ignoresLimits?: boolean;
  /** Whether its lists are bare arrays, as those of Harbor's API are: then `[]` is one. */
  readonly hasBareLists?: boolean;
  /** Whether it makes manifests of what it is told, as of an engine's images: then only these can be compared. */
  readonly makesManifests?: boolean;
  /** Rules that the server itself does not keep, by their titles, and what it does instead: they are not tried. */
  readonly breaks?: Readonly<Record<string, string>>;
  /** Whether it sends blobs whole only, as Gitea does; `unsupported` is the answer then. */
  readonly sendsWholeBlobsOnly?: boolean;
  /** What the list of tags tells beside names, and in how many requests when a token is held already. */
  readonly tags?: {
    readonly tells: readonly ('digest' | 'size' | 'createdAt' | 'pushedAt' | 'platforms')[];
    readonly requests: number;
  };
  /** Whether the server is asked over the network, so that the network can fail; `true` unless told. */
  readonly isRemote?: boolean;
  /** Whether it wants a login, so that a wrong one can be tried; `false` unless told. */
  readonly wantsLogin?: boolean;
  /** Skips all rules where what they need is not on this machine. */
  readonly needs?: (test: Mocha.Context) => void;
}

/** A rule of the contract, tried on the server that all rules which change nothing share. */
export type Rule = (title: string, run: (server: ContractServer) => Promise<void>) => unknown;

/** Tries every rule of the contract between adapters and the core on a server, and prints how many were kept. */
export function describeAdapterContract(contract: AdapterContract): void {
  describe(`the contract of adapters: ${contract.name}`, function () {
    this.timeout(60_000);
    let shared: ContractServer | undefined;
    let [rules, kept] = [0, 0];

    before(async function () {
      contract.needs?.(this);
      shared = await contract.start(content);
    });

    afterEach(function () {
      rules++;
      if (this.currentTest?.state === 'passed') kept++;
    });

    after(async () => {
      await shared?.close();
      if (shared !== undefined) console.log(`    ${contract.name}: ${kept} of ${rules} rules of the contract kept`);
    });

    const unused = new Set(Object.keys(contract.breaks ?? {}));
    const rule: Rule = (title, run) =>
      unused.delete(title) || it(title, () => run(shared ?? assert.fail('not started')));
    const ruleOnItsOwn: Rule = (title, run) =>
      unused.delete(title) ||
      it(title, async () => {
        const server = await contract.start(content);
        await run(server).finally(() => server.close());
      });

    rule('offers what it says, and nothing else', async (server) => {
      const { session } = open(server);
      const repository = session.repository(nameOf(server));
      const offered = [
        ...sessionAbilities.filter((ability) => session[ability] !== undefined),
        ...repositoryAbilities.filter((ability) => repository[ability] !== undefined),
      ];
      assert.deepEqual(offered.toSorted(), [...contract.offers].toSorted());
    });

    listingRules(contract, rule);
    readingRules(contract, rule);
    failingRules(contract, rule);
    writingRules(contract, ruleOnItsOwn);
    assert.deepEqual([...unused], [], 'there are no such rules to break');
  });
}

export function nameOf(server: ContractServer, name: string = content.repository): string {
  return server.nameOf?.(name) ?? name;
}

import type { Connections } from './connections.ts';
import type { Gantry } from './gantry.ts';
import { parseReference } from './oci/reference.ts';

/** What needs no registry, and so is answered at once. */
type Immediate = 'connections' | 'isConnected' | 'parseReference';

const deferred = [
  'addConnection',
  'probe',
  'removeConnection',
  'signIn',
  'signOut',
  'registryKinds',
  'findKind',
  'setKind',
  'trustRealm',
  'setReadOnly',
  'loginChoices',
  'chooseLogin',
  'discoverRegistries',
  'findEngine',
  'markOffered',
  'testConnection',
  'listNamespaces',
  'listRepositories',
  'listTags',
  'searchNames',
  'seenDigests',
  'noteDigests',
  'tagPage',
  'tagNames',
  'manifestText',
  'resolve',
  'summarize',
  'inspect',
  'tag',
  'copy',
  'assembleIndex',
  'engineImages',
  'pull',
  'listFiles',
  'readFile',
  'openFiles',
  'planDelete',
  'runDelete',
  'planPrune',
  'runPrune',
  'undoables',
  'undo',
  'keptPrunes',
  'restorePrune',
  'registryAbilities',
  'repositoryAbilities',
  'webUrl',
  'rateLimit',
  'createRepository',
  'deleteRepository',
  'untaggedImages',
  'artifact',
  'saveBlobs',
  'readBlob',
  'attachments',
  'vulnerabilities',
  'signatures',
  'referringSignatures',
  'knownNames',
  'tagHistory',
  'protectTag',
  'readme',
  'findReferences',
] as const satisfies readonly Exclude<keyof Gantry, Immediate>[];

/** The same as a Gantry, which is loaded at the first call that needs it: an activation should not pay for it. */
export function createLazyGantry(connections: Connections, load: () => Promise<Gantry>): Gantry {
  let loading: Promise<Gantry> | undefined;
  const forward =
    (name: (typeof deferred)[number]) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      loading ??= load();
      const gantry = await loading;
      const useCase = gantry[name] as (...args: readonly unknown[]) => Promise<unknown>;
      return useCase(...args);
    };
  const useCases = Object.fromEntries(deferred.map((name) => [name, forward(name)]));
  // One that `deferred` lacks is a compile error here.
  return {
    ...(useCases as Pick<Gantry, (typeof deferred)[number]>),
    connections: () => connections.all().map((connection) => connections.info(connection)),
    parseReference,
    isConnected: (reference) => connections.forReference(reference) !== undefined,
  };
}

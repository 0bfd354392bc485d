import { registerHooks } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import type * as Registries from '@microsoft/vscode-docker-registries';
import type { Event, ExtensionContext, Uri } from 'vscode';
import * as fakeVscode from './fakeVscode.ts';

/** The library behind Microsoft's extension Container Tools. */
export const microsoftPackage = '@microsoft/vscode-docker-registries';

export interface MicrosoftClient {
  listTags(repository: string): Promise<ListedTags>;
  deleteTag(repository: string, tag: string): Promise<void>;
  /** Another process in its place, with what this one stored. */
  restarted(): MicrosoftClient;
}

export interface ListedTags {
  /** As its tree gets them. */
  readonly names: readonly string[];
  /** When it has read a manifest and a config for each of them, with which it goes on by itself. */
  readonly allRead: Promise<void>;
}

export interface MicrosoftTarget {
  readonly url: string;
  readonly login?: { readonly user: string; readonly password: string };
}

export async function openMicrosoft(target: MicrosoftTarget): Promise<MicrosoftClient> {
  const registries = await load();
  const context = memoryContext();
  // It needs an account, and sends it without being asked; an open registry does not look at it.
  const { user, password } = target.login ?? { user: '', password: '' };
  const uri = fakeVscode.Uri.parse(target.url) as unknown as Uri;
  const login = new registries.BasicOAuthProvider(context.globalState, context.secrets, uri);
  await login.storeBasicCredentials({ username: user, secret: password });
  return createClient(registries, context, uri);
}

function createClient(registries: typeof Registries, context: ExtensionContext, baseUrl: Uri): MicrosoftClient {
  const provider = new registries.GenericRegistryV2DataProvider(context);
  const registry: Registries.CommonRegistry = {
    parent: { parent: undefined, label: provider.label },
    label: baseUrl.toString(),
    type: 'commonregistry',
    baseUrl,
  };
  const repositoryNode = (label: string): Registries.CommonRepository => {
    return { parent: registry, label, type: 'commonrepository', baseUrl };
  };
  return {
    listTags: async (repository) => {
      const nodes = await provider.getChildren(repositoryNode(repository));
      const [first] = nodes;
      if (registries.isError(first)) throw new Error(first.label);
      return { names: nodes.map(({ label }) => label), allRead: eventsOf(provider.onDidChangeTreeData, nodes.length) };
    },
    deleteTag: async (repository, label) => {
      const parent = repositoryNode(repository);
      await provider.deleteTag({ parent, label, type: 'commontag', baseUrl } as Registries.V2Tag);
    },
    restarted: () => createClient(registries, context, baseUrl),
  };
}

/** A tag that cannot be read gives no event. */
function eventsOf(event: Event<unknown>, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(reject, 120_000, new Error(`It has not read all of ${count} tags in two minutes.`));
    let left = count;
    const subscription = event(() => {
      if (--left > 0) return;
      clearTimeout(deadline);
      subscription.dispose();
      resolve();
    });
  });
}

let loading: Promise<typeof Registries> | undefined;

function load(): Promise<typeof Registries> {
  loading ??= importWithFakeVscode();
  return loading;
}

async function importWithFakeVscode(): Promise<typeof Registries> {
  const url = import.meta.resolve('./fakeVscode.ts');
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url, format: 'module-typescript', shortCircuit: true } : next(specifier, context),
  });
  try {
    return (await import(microsoftPackage)) as typeof Registries;
  } finally {
    hooks.deregister();
  }
}

/** Keeps what is stored in memory. Secrets come from another process in VS Code: not before the next turn of the event loop. */
function memoryContext(): ExtensionContext {
  const state = new Map<string, unknown>();
  const secrets = new Map<string, string>();
  return {
    globalState: {
      get: (key: string, fallback?: unknown) => state.get(key) ?? fallback,
      update: async (key: string, value: unknown) => void state.set(key, value),
    },
    secrets: {
      get: (key: string) => setImmediate(secrets.get(key)),
      store: async (key: string, value: string) => void secrets.set(key, value),
    },
  } as unknown as ExtensionContext;
}

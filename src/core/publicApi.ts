import type { GantryApi, GetApiResult } from '../api.ts';

/** What of the API the core answers; the rest is the host's. */
export type CoreApi = Omit<GantryApi, 'registerAdapter' | 'reveal'>;

/** The API of a version, without anything else that the objects behind it can do. */
export function publicApi(
  gantry: CoreApi,
  host: Pick<GantryApi, 'registerAdapter' | 'reveal'>,
  options: { readonly version: number; readonly isEnabled: boolean },
): GetApiResult {
  if (!options.isEnabled) return { available: false, reason: 'disabled' };
  if (options.version !== 1) return { available: false, reason: 'version-unknown' };
  return {
    available: true,
    api: {
      connections: () => gantry.connections(),
      addConnection: (connection) => gantry.addConnection(connection),
      removeConnection: (id) => gantry.removeConnection(id),
      parseReference: (text) => gantry.parseReference(text),
      listRepositories: (connectionId, page) => gantry.listRepositories(connectionId, page),
      listTags: (repository, page) => gantry.listTags(repository, page),
      inspect: (reference, inspection) => gantry.inspect(reference, inspection),
      tag: (source, target, tagging) => gantry.tag(source, target, tagging),
      listFiles: (reference, options) => gantry.listFiles(reference, options),
      readFile: (reference, path, options) => gantry.readFile(reference, path, options),
      copy: (source, target, copying) => gantry.copy(source, target, copying),
      registerAdapter: (adapter) => host.registerAdapter(adapter),
      reveal: (reference, where) => host.reveal(reference, where),
      findReferences: (text, languageId, fileName) => gantry.findReferences(text, languageId, fileName),
    },
  };
}

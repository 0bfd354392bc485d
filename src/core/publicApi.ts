import type { GantryApi, GetApiResult } from '../api.ts';

/** The API of a version, without anything else that the object behind it can do. */
export function publicApi(gantry: GantryApi, version: number, isEnabled: boolean): GetApiResult {
  if (!isEnabled) return { available: false, reason: 'disabled' };
  if (version !== 1) return { available: false, reason: 'version-unknown' };
  return {
    available: true,
    api: {
      connections: () => gantry.connections(),
      addConnection: (options) => gantry.addConnection(options),
      removeConnection: (id) => gantry.removeConnection(id),
      parseReference: (text) => gantry.parseReference(text),
      listRepositories: (connectionId, options) => gantry.listRepositories(connectionId, options),
      listTags: (repository, options) => gantry.listTags(repository, options),
      inspect: (reference, options) => gantry.inspect(reference, options),
      tag: (source, target, options) => gantry.tag(source, target, options),
      findReferences: (text, languageId, fileName) => gantry.findReferences(text, languageId, fileName),
    },
  };
}

import type { RegistrySession, RepositorySession } from '../../api.ts';

/** A repository that nobody but its owner writes to: what is left out is not offered. */
export function readOnly(repository: RepositorySession): RepositorySession {
  const {
    putManifest: _put,
    mountBlob: _mount,
    uploadBlob: _upload,
    deleteTag: _deleteTag,
    deleteManifest: _deleteManifest,
    ...reading
  } = repository;
  return reading;
}

/** A registry in which nothing is to be changed, whatever it would take. It is asked for tokens to read only. */
export function readOnlySession(session: RegistrySession): RegistrySession {
  const { createRepository: _create, ...reading } = session;
  return {
    ...reading,
    repository: (name) => {
      const { deleteRepository: _delete, protectTag: _protect, ...repository } = readOnly(session.repository(name));
      return repository;
    },
  };
}

import type { RepositorySession } from '../../api.ts';

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

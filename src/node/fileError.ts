import { isRegistryError, RegistryError } from '../core/errors.ts';

/** Codes of Node's fs module: what is the matter, and what to do about it. */
const causes: Readonly<Record<string, readonly [cause: string, nextStep: string]>> = {
  EACCES: ['this user is not allowed to', 'Check its permissions'],
  EBUSY: ['another program uses it', 'Close that program and try again'],
  EDQUOT: ['the quota of this user is used up', 'Free some space'],
  EFBIG: ['its disk takes no files of this size', 'Choose a folder on another disk'],
  EIO: ['its disk does not work properly', 'Check the disk'],
  EISDIR: ['it is a folder', 'Check the path'],
  ELOOP: ['its links lead in a circle', 'Check the path'],
  EMFILE: ['too many files are open', 'Close some programs and try again'],
  ENAMETOOLONG: ['its path is too long', 'Choose a folder with a shorter path'],
  ENOENT: ['it does not exist', 'Check the path'],
  ENOSPC: ['its disk is full', 'Free some space'],
  ENOTDIR: ['a part of its path is no folder', 'Check the path'],
  EPERM: ['this user is not allowed to', 'Check its permissions'],
  EROFS: ['its disk is read-only', 'Choose another folder'],
};

/** Turns what the fs module threw into one sentence; `done` is what could not be: `read`, `written`. */
export function fileError(error: unknown, path: string, done: string): RegistryError {
  if (isRegistryError(error)) return error;
  const code = codeOf(error);
  const [cause, nextStep] = causes[code] ?? [error instanceof Error ? error.message : 'it failed', 'Check the path'];
  return new RegistryError(
    isMissing(error) && done === 'read' ? 'not-found' : 'storage',
    `${path} cannot be ${done}: ${cause}. ${nextStep}.`,
    { cause: error },
  );
}

export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

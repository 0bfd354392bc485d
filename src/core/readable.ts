import { isRegistryError } from './errors.ts';

/** For who reads many manifests: one that has gone meanwhile, or is of another kind, is `undefined` and tells nothing. */
export async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isRegistryError(error, 'not-found', 'unsupported', 'protocol')) return undefined;
    throw error;
  }
}

import type { GantryErrorCode } from '../../api.ts';
import { formatBytes } from '../byteSize.ts';
import { isRegistryError, withState } from '../errors.ts';
import type { PullPlan } from './plan.ts';

/** Says what a pull has done and what it has not; whoever has cancelled knows. `left`: bytes that are still to come. */
export function withKept(error: unknown, { size }: Pick<PullPlan, 'size'>, left = 0): unknown {
  if (!isRegistryError(error) || error.code === 'cancelled') return error;
  const [has, all] = [formatBytes(Math.max(0, size - left)), formatBytes(size)];
  return withState(error, `${has} of ${all} are kept, the image is not in place. Pull again to go on.`);
}

/** Does what is to be done when all has come. Errors of these codes say that it need not come again. */
export async function withAllKept<T>(
  plan: Pick<PullPlan, 'size'>,
  work: () => Promise<T>,
  codes: readonly GantryErrorCode[] = ['storage'],
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isRegistryError(error, ...codes) ? withKept(error, plan) : error;
  }
}

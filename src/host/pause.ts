import type { Pause } from '../core/oci/tagOrder.ts';

/** Milliseconds that the extension host, which is everybody's, is kept at once. */
const most = 8;

/** A pause that is due when others have waited for some milliseconds. */
export function createPause(): Pause {
  let since = performance.now();
  return () => {
    if (performance.now() - since < most) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}

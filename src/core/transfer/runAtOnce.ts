/**
 * Works on some items at a time. After a failure or an abort nothing new begins and what is under way is told to stop; the
 * promise settles when all of it has ended.
 */
export async function runAtOnce<T>(
  items: readonly T[],
  options: { readonly atOnce: number; readonly signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item, signal);
      } catch (error) {
        waiting.length = 0;
        failure.abort();
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(options.atOnce, items.length) }, lane);
  // The first failure is the cause; those that follow are of the abort.
  let first: { readonly reason: unknown } | undefined;
  await Promise.all(
    lanes.map((running) =>
      running.catch((reason: unknown) => {
        first ??= { reason };
      }),
    ),
  );
  if (first !== undefined) throw first.reason;
}

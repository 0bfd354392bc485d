/**
 * The same chunks. Calls `ended` once they have all been read, have broken off, or are left; never for what nobody reads. Each
 * chunk is passed on in one step, which a generator takes several for.
 */
export function tellingEnd(chunks: AsyncIterable<Uint8Array>, ended: () => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = chunks[Symbol.asyncIterator]();
      return {
        next: () => {
          const step = iterator.next();
          step.then(({ done }) => done === true && ended(), ended);
          return step;
        },
        return: async () => {
          ended();
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

const pageLength = 10;

/** Where a key leads in a list of `count`, which does not wrap around. `undefined`: the key is not for moving. */
export function moveByKey(
  key: string,
  from: number,
  count: number,
  axis: 'horizontal' | 'vertical',
): number | undefined {
  const [backward, forward] = axis === 'horizontal' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  const targets: Readonly<Record<string, number>> = {
    [backward]: from - 1,
    [forward]: from + 1,
    PageUp: from - pageLength,
    PageDown: from + pageLength,
    Home: 0,
    End: count - 1,
  };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}

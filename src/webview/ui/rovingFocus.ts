import { moveByKey } from './moveKeys.ts';

/** The controls of one item: the first takes the focus when the item is moved to. */
export type FocusStop = readonly [HTMLElement, ...HTMLElement[]];

export interface RovingFocus {
  focus(index: number): void;
}

/**
 * Makes a row of items one stop of the Tab key: arrow keys move between them, and only the controls of the item that
 * had the focus last can be reached by Tab (ARIA practices, "roving tabindex").
 */
export function rovingFocus(
  container: HTMLElement,
  stops: readonly FocusStop[],
  axis: 'horizontal' | 'vertical',
): RovingFocus {
  let current = 0;
  const select = (index: number): void => {
    setReachable(stops[current], false);
    current = index;
    setReachable(stops[current], true);
  };
  for (const stop of stops) setReachable(stop, false);
  select(0);

  const indexOf = (target: EventTarget | null): number =>
    stops.findIndex((stop) => stop.some((control) => control === target));
  container.addEventListener('focusin', (event) => {
    const index = indexOf(event.target);
    if (index !== -1) select(index);
  });
  container.addEventListener('keydown', (event) => {
    const from = indexOf(event.target);
    if (from === -1 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = moveByKey(event.key, from, stops.length, axis);
    if (target === undefined) return;
    event.preventDefault();
    stops[target]?.[0].focus();
  });
  return { focus: (index) => stops[index]?.[0].focus() };
}

function setReachable(stop: FocusStop | undefined, reachable: boolean): void {
  for (const control of stop ?? []) control.tabIndex = reachable ? 0 : -1;
}

import { moveByKey } from './moveKeys.ts';

/**
 * Makes a table one stop of the Tab key: arrow keys move between the buttons that head its rows, and only the other buttons of
 * the row that had the focus last can be reached by Tab. Rows may be added.
 */
export function walkRows(node: HTMLElement): void {
  const heads = (): HTMLElement[] => [...node.querySelectorAll<HTMLElement>('tbody th button')];
  const select = (chosen: HTMLElement | undefined): void => {
    const row = chosen?.closest('tr');
    for (const button of node.querySelectorAll<HTMLElement>('tbody button'))
      button.tabIndex = button.closest('tr') === row ? 0 : -1;
  };
  select(heads()[0]);
  node.addEventListener('focusin', ({ target }) => {
    const chosen = heads()[placeOf(target, heads())];
    if (chosen !== undefined) select(chosen);
  });
  node.addEventListener('keydown', (event) => {
    const all = heads();
    const from = placeOf(event.target, all);
    if (from === -1 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = moveByKey(event.key, from, all.length, 'vertical');
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  });
}

/** Which row something is in, by the button that heads it; -1 for what is in none. */
function placeOf(target: EventTarget | null, heads: readonly HTMLElement[]): number {
  const row = target instanceof HTMLElement ? target.closest('tr') : null;
  return row === null ? -1 : heads.findIndex((head) => head.closest('tr') === row);
}

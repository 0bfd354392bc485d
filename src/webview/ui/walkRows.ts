import { moveByKey } from './moveKeys.ts';

/** Makes the buttons that head the rows of a table one stop of the Tab key: arrow keys move between them. Rows may be added. */
export function walkRows(node: HTMLElement): void {
  const buttons = (): HTMLElement[] => [...node.querySelectorAll<HTMLElement>('tbody th button')];
  const select = (chosen: HTMLElement | undefined): void => {
    for (const button of buttons()) button.tabIndex = button === chosen ? 0 : -1;
  };
  select(buttons()[0]);
  node.addEventListener('focusin', ({ target }) => {
    const chosen = buttons().find((button) => button === target);
    if (chosen !== undefined) select(chosen);
  });
  node.addEventListener('keydown', (event) => {
    const all = buttons();
    const from = event.target instanceof HTMLElement ? all.indexOf(event.target) : -1;
    if (from === -1 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = moveByKey(event.key, from, all.length, 'vertical');
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  });
}

import { element } from './element.ts';
import { walkRows } from './walkRows.ts';

/** A table whose rows are headed by buttons, which arrow keys move between. `numbers`: places of the columns that hold numbers. */
export function rowTable(
  labelledBy: string,
  heads: readonly string[],
  rows: readonly HTMLElement[],
  numbers: readonly number[] = [],
): HTMLTableElement {
  const cells = heads.map((head, place) =>
    element('th', { scope: 'col', class: numbers.includes(place) ? 'number' : undefined }, [head]),
  );
  const table = element('table', { 'aria-labelledby': labelledBy }, [
    element('thead', {}, [element('tr', {}, cells)]),
    element('tbody', {}, rows),
  ]);
  walkRows(table);
  return table;
}

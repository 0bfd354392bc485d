import { element } from './element.ts';
import { foreignText, foreignValue } from './foreignText.ts';
import { fill } from './text.ts';

export interface PairTableStrings {
  readonly name: string;
  readonly value: string;
  readonly moreCharacters: string;
  readonly moreEntries: string;
}

/** A table of more rows would freeze the panel and be read by nobody. */
const mostRows = 1000;

/** Names and values from a registry. `labelledBy` is the id of the heading that says what they are. */
export function pairTable(
  pairs: readonly (readonly [name: string, value: string])[],
  labelledBy: string,
  strings: PairTableStrings,
  count: (value: number) => string,
): HTMLElement {
  const rows = pairs
    .slice(0, mostRows)
    .map(([name, value]) =>
      element('tr', {}, [
        element('th', { scope: 'row' }, [element('div', { class: 'pair-name' }, foreignText(name))]),
        element('td', {}, [
          element('div', { class: 'pair-value' }, foreignValue(value, strings.moreCharacters, count)),
        ]),
      ]),
    );
  const left = pairs.length - rows.length;
  return element('div', { class: 'pairs' }, [
    element('table', { 'aria-labelledby': labelledBy }, [
      element('thead', { class: 'visually-hidden' }, [
        element('tr', {}, [
          element('th', { scope: 'col' }, [strings.name]),
          element('th', { scope: 'col' }, [strings.value]),
        ]),
      ]),
      element('tbody', {}, rows),
    ]),
    left > 0 ? element('p', { class: 'muted' }, [fill(strings.moreEntries, count(left))]) : undefined,
  ]);
}

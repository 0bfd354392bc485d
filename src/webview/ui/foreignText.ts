import { element } from './element.ts';
import { cut, fill, linkTarget, visibleText } from './text.ts';

/** More than anybody reads in a table cell; whole documents are put into labels. */
const longestValue = 20_000;

/** Up to here a text is worth a node for each place at which it may break. */
const longestBreakable = 2000;

/** A text from a registry that breaks between the parts of paths and dotted names, where it has to break. */
export function foreignText(text: string): Node[] {
  const shown = visibleText(text);
  if (shown.length > longestBreakable) return [document.createTextNode(shown)];
  return shown
    .split(/(?<=[/:;,.=&?_-])(?=\w)/)
    .flatMap((part, index) => [...(index === 0 ? [] : [element('wbr')]), document.createTextNode(part)]);
}

/** A value that somebody pushed to a registry, as the children of the cell that shows it. */
export function foreignValue(
  value: string,
  moreCharacters: string,
  count: (value: number) => string,
  { isLinked = true }: { readonly isLinked?: boolean } = {},
): Node[] {
  const target = isLinked ? linkTarget(value) : undefined;
  if (target !== undefined) return [element('a', { href: target }, foreignText(value))];
  const { text, left } = cut(value, longestValue);
  const shown = foreignText(text);
  if (left === 0) return shown;
  return [...shown, element('span', { class: 'muted' }, [` ${fill(moreCharacters, count(left))}`])];
}

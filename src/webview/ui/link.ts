import { type Child, element } from './element.ts';

/** Text that can be selected, and leads where the extension decides. */
export function link(
  options: { readonly href?: string; readonly title: string; readonly class?: string },
  children: readonly Child[],
  open: () => void,
): HTMLAnchorElement {
  const { href = '#', title, class: name } = options;
  const anchor = element('a', { href, title, class: name }, children);
  anchor.addEventListener('click', (event) => {
    event.preventDefault();
    event.stopPropagation();
    open();
  });
  return anchor;
}

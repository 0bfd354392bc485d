import type { Lazy } from '../../messages.ts';
import { type Child, element, icon } from './element.ts';
import { visibleText } from './text.ts';

export interface LazySectionStrings {
  readonly cancel: string;
  readonly retry: string;
}

export interface LazySectionOptions<T> {
  /** Begins the ids of its parts. */
  readonly id: string;
  readonly title: string;
  /** Said while it is read, before how far it is. */
  readonly loading: string;
  readonly strings: LazySectionStrings;
  readonly open: () => void;
  /** Absent for what cannot be closed. */
  readonly close: (() => void) | undefined;
  /** What it shows when it has been read. */
  readonly content: (view: T) => readonly Child[];
}

type Read<T> = Exclude<T, { readonly kind: 'closed' | 'loading' | 'failed' }>;

/** A section of which nothing is read before somebody opens it; closing it stops the reading. */
export function lazySection<T extends { readonly kind: string }>(
  view: Lazy<T>,
  options: LazySectionOptions<Read<T>>,
): HTMLElement {
  const { id, title } = options;
  const isOpen = view.kind !== 'closed';
  const contentId = `${id}-content`;
  const headingId = `${id}-heading`;
  const toggle = element(
    'button',
    {
      ...{ type: 'button', class: 'section-toggle', id: `${id}-toggle`, 'aria-expanded': String(isOpen) },
      ...(isOpen && { 'aria-controls': contentId }),
    },
    [icon(isOpen ? 'chevron-down' : 'chevron-right'), title],
  );
  toggle.addEventListener('click', () => (isOpen ? options.close?.() : options.open()));
  return element('section', { 'aria-labelledby': headingId, class: `lazy ${id}` }, [
    element('h2', { id: headingId }, [toggle]),
    isOpen ? element('div', { id: contentId }, lazyContent(view, options)) : undefined,
  ]);
}

/** What stands in its place while it is read, when that failed, and then. */
export function lazyContent<T extends { readonly kind: string }>(
  view: Lazy<T>,
  options: Omit<LazySectionOptions<Read<T>>, 'title'>,
): readonly Child[] {
  const { id, loading, strings, open, close, content } = options;
  if (isKind(view, 'closed')) return [];
  if (isKind(view, 'loading')) {
    const progress = view.progress === undefined ? '' : ` ${view.progress}`;
    const said = element('p', { class: 'muted', role: 'status' }, [`${loading}${progress}`]);
    if (close === undefined) return [said];
    const cancel = element('button', { type: 'button', class: 'button is-secondary', id: `${id}-cancel` }, [
      strings.cancel,
    ]);
    cancel.addEventListener('click', close);
    return [said, element('div', { class: 'buttons' }, [cancel])];
  }
  if (isKind(view, 'failed')) {
    const retry = element('button', { type: 'button', class: 'button', id: `${id}-retry` }, [strings.retry]);
    retry.addEventListener('click', open);
    return [
      element('p', { role: 'alert' }, [visibleText(view.message)]),
      element('div', { class: 'buttons' }, [retry]),
    ];
  }
  return content(view as Read<T>);
}

function isKind<K extends 'closed' | 'loading' | 'failed'>(
  view: { readonly kind: string },
  kind: K,
): view is Extract<Lazy<never>, { readonly kind: K }> {
  return view.kind === kind;
}

import { element, icon } from '../ui/element.ts';
import { visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { title } from './header.ts';

const skeletonFacts = 5;
const skeletonRows = 6;

/** The page in outline, each thing where it will be, so that nothing jumps when it comes. */
export function loadingView(reference: string, { strings }: PanelContext): HTMLElement[] {
  const facts = Array.from({ length: skeletonFacts }, () => element('div', { class: 'skeleton skeleton-fact' }));
  const rows = Array.from({ length: skeletonRows }, () => element('div', { class: 'skeleton skeleton-row' }));
  return [
    element('header', { class: 'summary' }, [
      element('div', { class: 'title' }, [title(reference)]),
      element('div', { class: 'facts', 'aria-hidden': 'true' }, facts),
    ]),
    element('p', { class: 'visually-hidden' }, [strings.loading]),
    element('section', { 'aria-hidden': 'true' }, [
      element('div', { class: 'skeleton skeleton-heading' }),
      element('div', { class: 'skeleton skeleton-bar' }),
      ...rows,
    ]),
  ];
}

export function failedView(reference: string, message: string, { strings, post }: PanelContext): HTMLElement[] {
  const retry = element('button', { type: 'button', class: 'button', id: 'retry' }, [strings.retry]);
  retry.addEventListener('click', () => post({ type: 'retry' }));
  const showLog = element('button', { type: 'button', class: 'button is-secondary', id: 'show-log' }, [
    strings.showLog,
  ]);
  showLog.addEventListener('click', () => post({ type: 'showLog' }));
  return [
    element('header', { class: 'summary' }, [element('div', { class: 'title' }, [title(reference)])]),
    element('section', { class: 'failure', role: 'alert' }, [
      icon('error'),
      element('div', {}, [
        element('h2', {}, [strings.failed]),
        element('p', {}, [visibleText(message)]),
        element('div', { class: 'buttons' }, [retry, showLog]),
      ]),
    ]),
  ];
}

import type { ImageSizeView, RepositoryPanelRequest, RepositoryPanelStrings, RepositoryView } from '../../messages.ts';
import { copyButton } from '../ui/copyButton.ts';
import { type Child, element, icon } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { type Formats, readImageDate } from '../ui/format.ts';
import { lazyContent, lazySection } from '../ui/lazySection.ts';
import type { Announce } from '../ui/liveRegion.ts';
import { rowTable } from '../ui/rowTable.ts';
import { cut, fill, visibleText } from '../ui/text.ts';

/** What every part of the page needs to draw itself. */
export interface RepositoryContext {
  readonly strings: RepositoryPanelStrings;
  readonly formats: Formats;
  readonly announce: Announce;
  readonly post: (request: RepositoryPanelRequest) => void;
}

/** Names of tags in one row: some images have hundreds. */
const mostNames = 8;
/** Characters of a description that are drawn: whoever reads on opens it as a document. */
const longestReadme = 50_000;

export function repositoryHeader(view: RepositoryView, context: RepositoryContext): HTMLElement {
  const { strings, formats, announce, post } = context;
  const { reference, description, pulls, updatedAt } = view;
  const slash = reference.lastIndexOf('/') + 1;
  const copy = copyButton({
    id: 'copy-reference',
    label: strings.copyReference,
    copied: strings.copied,
    announce,
    copy: () => post({ type: 'copy', text: reference }),
  });
  const date = readImageDate(updatedAt);
  return element('header', { class: 'summary' }, [
    element('div', { class: 'title' }, [
      element('h1', { class: 'reference' }, [
        element('span', { class: 'muted' }, foreignText(reference.slice(0, slash))),
        element('span', { class: 'reference-clear' }, foreignText(reference.slice(slash))),
      ]),
      ' ',
      copy,
    ]),
    description === undefined || description === ''
      ? undefined
      : element('p', { class: 'lead' }, foreignText(description)),
    element('dl', { class: 'facts' }, [
      fact(strings.tags, tagsFact(view, context)),
      view.tags.kind === 'tags' ? fact(strings.newest, [newestFact(view.tags.newest, context)]) : undefined,
      pulls === undefined ? undefined : fact(strings.pulls, [formats.count(pulls)]),
      date === undefined
        ? undefined
        : fact(strings.updated, [
            element('time', { datetime: date.toISOString(), title: formats.dateTime(date) }, [
              formats.relativeTime(date, new Date()),
            ]),
          ]),
    ]),
    view.hasPage ? element('div', { class: 'actions' }, [browserButton(context)]) : undefined,
  ]);
}

function fact(name: string, value: readonly Child[]): HTMLElement {
  return element('div', { class: 'fact' }, [element('dt', {}, [name]), element('dd', {}, value)]);
}

function tagsFact({ tags }: RepositoryView, { strings, formats, post }: RepositoryContext): readonly Child[] {
  return lazyContent(tags, {
    id: 'tags',
    loading: strings.tagsLoading,
    strings,
    open: () => post({ type: 'openTags' }),
    close: undefined,
    content: ({ count, isTruncated, attachments }) => {
      const number = formats.count(count);
      const shown = isTruncated ? fill(strings.moreThan, number) : number;
      if (attachments === 0) return [element('span', {}, [shown])];
      return [element('span', {}, [`${shown}, ${fill(strings.ofAttachments, formats.count(attachments))}`])];
    },
  });
}

function newestFact(newest: string | undefined, context: RepositoryContext): Child {
  return newest === undefined
    ? element('span', { class: 'muted' }, [context.strings.none])
    : tagButton(newest, context);
}

function browserButton({ strings, post }: RepositoryContext): HTMLElement {
  const button = element('button', { type: 'button', class: 'action-button', id: 'open-in-browser' }, [
    icon('link-external'),
    strings.openInBrowser,
  ]);
  button.addEventListener('click', () => post({ type: 'action', action: 'openInBrowser' }));
  return button;
}

function tagButton(tag: string, { post }: RepositoryContext): HTMLElement {
  const button = element('button', { type: 'button', class: 'link-button' }, [element('span', {}, [visibleText(tag)])]);
  button.addEventListener('click', () => post({ type: 'showTag', tag }));
  return button;
}

/** The images of a repository, the largest first. */
export function sizesSection(view: RepositoryView['sizes'], context: RepositoryContext): HTMLElement {
  const { strings, formats, post } = context;
  return lazySection(view, {
    id: 'sizes',
    title: strings.sizes,
    loading: strings.sizesLoading,
    strings,
    open: () => post({ type: 'openSizes' }),
    close: () => post({ type: 'closeSizes' }),
    content: ({ items, looked, left, together }) => {
      if (items.length === 0) return [element('p', {}, [strings.noSizes])];
      const largest = items[0]?.size ?? 0;
      const all = items.length + left;
      const summary = fill(strings.sizesSummary, formats.count(all), formats.count(looked));
      const sum = together === undefined ? '' : ` ${fill(strings.together, formats.size(together))}`;
      const heads = [strings.tag, strings.size, strings.share, strings.date];
      const rows = items.map((item) => sizeRow(item, largest, context));
      return [
        element('p', { class: 'muted' }, [`${summary}.${sum}`]),
        element('div', { class: 'file-table' }, [rowTable('sizes-heading', heads, rows, [1])]),
        left === 0 ? undefined : element('p', { class: 'muted' }, [fill(strings.moreEntries, formats.count(left))]),
      ];
    },
  });
}

function sizeRow({ tags, size, date }: ImageSizeView, largest: number, context: RepositoryContext): HTMLElement {
  const { strings, formats } = context;
  const [first = '', ...others] = tags;
  const shown = others.slice(0, mostNames - 1).map(visibleText);
  const left = others.length - shown.length;
  const more = left === 0 ? [] : [fill(strings.moreEntries, formats.count(left))];
  const share = largest === 0 ? 0 : size / largest;
  const bar = element('span', { class: 'share-fill' });
  bar.style.setProperty('width', `${share * 100}%`);
  const when = readImageDate(date);
  return element('tr', {}, [
    element('th', { scope: 'row' }, [
      tagButton(first, context),
      others.length === 0 ? undefined : element('span', { class: 'muted' }, [`, ${[...shown, ...more].join(', ')}`]),
    ]),
    element('td', { class: 'number', title: formats.exactSize(size) }, [formats.size(size)]),
    element('td', { class: 'layer-share' }, [
      element('div', { class: 'share' }, [
        element('span', { class: 'share-track', 'aria-hidden': 'true' }, [bar]),
        element('span', { class: 'share-text' }, [formats.percent(share)]),
      ]),
    ]),
    element('td', { class: 'short' }, [
      when === undefined
        ? element('span', { class: 'muted' }, [strings.unknownDate])
        : element('time', { datetime: when.toISOString(), title: formats.dateTime(when) }, [
            formats.relativeTime(when, new Date()),
          ]),
    ]),
  ]);
}

/** The description as the text that it is: what a registry sends is never drawn as Markdown. */
export function readmeSection(view: NonNullable<RepositoryView['readme']>, context: RepositoryContext): HTMLElement {
  const { strings, formats, post } = context;
  return lazySection(view, {
    id: 'readme',
    title: strings.readme,
    loading: strings.readmeLoading,
    strings,
    open: () => post({ type: 'openReadme' }),
    close: () => post({ type: 'closeReadme' }),
    content: ({ text }) => {
      if (text.trim() === '') return [element('p', { class: 'muted' }, [strings.noReadme])];
      const shown = cut(text, longestReadme);
      const document = element('button', { type: 'button', class: 'button is-secondary', id: 'readme-document' }, [
        strings.openReadme,
      ]);
      document.addEventListener('click', () => post({ type: 'action', action: 'showReadme' }));
      return [
        element('pre', { class: 'readme-text', tabindex: 0 }, [visibleText(shown.text)]),
        shown.left === 0
          ? undefined
          : element('p', { class: 'muted' }, [fill(strings.moreCharacters, formats.count(shown.left))]),
        element('div', { class: 'buttons' }, [document]),
      ];
    },
  });
}

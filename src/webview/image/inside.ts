import type { EfficiencyView, FolderItemView, FolderView, InsideView } from '../../messages.ts';
import { type Child, element, icon } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { lazySection } from '../ui/lazySection.ts';
import { rowTable } from '../ui/rowTable.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { saveButton } from './saveButton.ts';
import { treemapView } from './treemapView.ts';

/** What takes the space, and what of it is wasted. */
export function insideSection(view: InsideView, context: PanelContext): HTMLElement {
  const { strings, post } = context;
  return lazySection(view, {
    id: 'inside',
    title: strings.inside,
    loading: strings.insideLoading,
    strings,
    open: () => post({ type: 'openInside' }),
    close: () => post({ type: 'closeInside' }),
    content: ({ folder, efficiency }) => [
      element('h3', { id: 'folders-heading' }, [strings.folders]),
      ...folderContent(folder, context),
      element('h3', { id: 'wasted-heading' }, [strings.wastedSpace]),
      ...efficiencyContent(efficiency, context),
    ],
  });
}

function folderContent(folder: FolderView, context: PanelContext): readonly Child[] {
  const { strings, formats, post, announce, focusNext } = context;
  const go = (path: string): void => {
    focusNext('tile-0', 'folder-up', 'inside-toggle');
    post({ type: 'openFolder', path });
  };
  const open = ({ name, kind }: FolderItemView): void => {
    const path = pathIn(folder, name);
    if (kind === 'folder') go(path);
    else post({ type: 'openFile', path });
  };
  const up = (): void => {
    if (folder.path !== '') go(folder.path.slice(0, Math.max(0, folder.path.lastIndexOf('/'))));
  };
  const summary = fill(
    strings.folderSummary,
    folder.path === '' ? strings.root : `/${visibleText(folder.path)}`,
    formats.size(folder.size),
    formats.count(folder.files),
  );
  announce(summary);
  const upButton = element('button', { type: 'button', class: 'button is-secondary', id: 'folder-up' }, [
    icon('arrow-up'),
    strings.parentFolder,
  ]);
  upButton.addEventListener('click', up);
  const saveFolder = element('button', { type: 'button', class: 'button is-secondary', id: 'folder-save' }, [
    icon('save'),
    strings.saveFolder,
  ]);
  saveFolder.addEventListener('click', () => post({ type: 'saveFile', path: folder.path }));
  return [
    element('div', { class: 'folder-line' }, [
      folder.path === '' ? undefined : upButton,
      element('p', { class: 'folder-summary' }, [summary]),
      folder.items.length === 0 ? undefined : saveFolder,
    ]),
    ...(folder.items.length === 0
      ? [element('p', { class: 'muted' }, [strings.emptyFolder])]
      : [treemapView(folder, context, { open, up }), folderTable(folder, context, open)]),
  ];
}

function pathIn({ path }: FolderView, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

function folderTable(folder: FolderView, context: PanelContext, open: (item: FolderItemView) => void): HTMLElement {
  const { strings, formats } = context;
  const heads = [strings.name, strings.size, strings.share, strings.files, strings.save];
  const rows = folder.items.map((item) => {
    const button = element('button', { type: 'button', class: 'link-button' }, [
      icon(item.kind === 'folder' ? 'folder' : 'file'),
      element('span', {}, foreignText(item.name)),
    ]);
    button.addEventListener('click', () => open(item));
    return element('tr', {}, [
      element('th', { scope: 'row' }, [button]),
      element('td', { class: 'number', title: formats.exactSize(item.size) }, [formats.size(item.size)]),
      element('td', { class: 'number' }, [formats.percent(folder.size === 0 ? 0 : item.size / folder.size)]),
      element('td', { class: 'number' }, [item.kind === 'folder' ? formats.count(item.files) : '']),
      element('td', { class: 'short' }, [
        saveButton(item.name, context, () => context.post({ type: 'saveFile', path: pathIn(folder, item.name) })),
      ]),
    ]);
  });
  const { count, size } = folder.left;
  return element('div', { class: 'file-table' }, [
    rowTable('folders-heading', heads, rows, [1, 2, 3]),
    count === 0
      ? undefined
      : element('p', { class: 'muted' }, [fill(strings.otherItems, formats.count(count), formats.size(size))]),
  ]);
}

function efficiencyContent(efficiency: EfficiencyView, context: PanelContext): readonly Child[] {
  const { strings, formats, post } = context;
  const { score, wasted, paths, left } = efficiency;
  // What is not all is never told as all.
  const share = Math.floor(score * 1000) / 1000;
  const summary = fill(strings.efficiency, formats.percent(share), formats.size(wasted));
  const intro = [
    element('p', { class: 'efficiency' }, [summary]),
    element('p', { class: 'muted' }, [strings.efficiencyExplained]),
  ];
  if (paths.length === 0) return [...intro, element('p', {}, [strings.nothingWasted])];
  const rows = paths.map(({ path, size, layers, isOpenable }) => {
    const button = element('button', { type: 'button', class: 'link-button' }, [
      element('span', {}, foreignText(path)),
    ]);
    button.addEventListener('click', () => post({ type: 'openFile', path }));
    return element('tr', {}, [
      element('th', { scope: 'row' }, isOpenable ? [button] : foreignText(path)),
      element('td', { class: 'number', title: formats.exactSize(size) }, [formats.size(size)]),
      element('td', { class: 'number' }, [layers.map(formats.count).join(', ')]),
    ]);
  });
  return [
    ...intro,
    element('div', { class: 'file-table' }, [
      rowTable('wasted-heading', [strings.path, strings.size, strings.inLayers], rows, [1, 2]),
      left === 0 ? undefined : element('p', { class: 'muted' }, [fill(strings.moreEntries, formats.count(left))]),
    ]),
  ];
}

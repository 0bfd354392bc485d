import type { FolderItemView, FolderPartView, FolderView } from '../../messages.ts';
import { element } from '../ui/element.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { type Box, nextBox, squarify } from './treemap.ts';

/** Tiles of one picture: smaller ones cannot be told apart. The table has them all. */
const mostTiles = 40;
/** Of what is in a folder, so many are told with its name. */
const partsTold = 3;
/** Pixels. */
const pictureHeight = 280;
const labelHeight = 18;
const smallestLabel = { width: 44, height: 20 };
const smallestParts = { width: 30, height: 40 };

export interface TreemapActions {
  readonly open: (item: FolderItemView) => void;
  readonly up: () => void;
}

/** What is in a folder as a picture, each thing as large as it is. */
export function treemapView(folder: FolderView, context: PanelContext, actions: TreemapActions): HTMLElement {
  const items = folder.items.filter(({ size }) => size > 0).slice(0, mostTiles);
  const rest = folder.size - items.reduce((sum, { size }) => sum + size, 0);
  const tiles = items.map((item, place) => tile(item, place, folder, context, actions));
  const node = element(
    'div',
    { class: 'treemap', role: 'toolbar', 'aria-label': context.strings.treemap, 'aria-orientation': 'horizontal' },
    tiles,
  );
  let boxes: readonly Box[] = [];
  const place = (width: number): void => {
    const sizes = [...items.map(({ size }) => size), ...(rest > 0 ? [rest] : [])];
    boxes = squarify(sizes, { x: 0, y: 0, width, height: pictureHeight }).slice(0, items.length);
    for (const [index, box] of boxes.entries()) placeTile(tiles[index], items[index], box);
  };
  new ResizeObserver(([entry]) => {
    if (entry !== undefined) place(entry.contentRect.width);
  }).observe(node);
  walkTiles(node, tiles, () => boxes, actions.up);
  return node;
}

function tile(
  item: FolderItemView,
  place: number,
  folder: FolderView,
  context: PanelContext,
  actions: TreemapActions,
): HTMLButtonElement {
  const name = visibleText(item.name);
  const label = labelOf(item, name, folder, context);
  const largest = item.parts.slice(0, partsTold).map((part) => visibleText(part.name));
  const attributes = {
    ...{ type: 'button', class: `tile is-${item.kind}`, id: `tile-${place}`, title: label },
    ...{ tabindex: place === 0 ? 0 : -1, 'aria-label': label },
    ...(largest.length > 0 && { 'aria-description': fill(context.strings.folderParts, largest.join(', ')) }),
  };
  const node = element('button', attributes, [
    element('span', { class: 'tile-name', 'aria-hidden': 'true' }, [name]),
    ...item.parts.map((part) => partOf(part, labelOf(part, `${name}/${visibleText(part.name)}`, folder, context))),
  ]);
  node.addEventListener('click', () => actions.open(item));
  return node;
}

/** Name, size, and share of all that is shown. */
function labelOf(
  { kind, size }: FolderPartView,
  name: string,
  folder: FolderView,
  { strings, formats }: PanelContext,
): string {
  const share = folder.size === 0 ? 0 : size / folder.size;
  const words = kind === 'folder' ? strings.folderItem : strings.fileItem;
  return fill(words, name, formats.size(size), formats.percent(share));
}

/**
 * Something in a folder. A screen reader is told of the largest by the folder, and of all in the folder itself; the name
 * that is drawn is content of the style sheet, since it is no part of the name of the button.
 */
function partOf({ name, kind }: FolderPartView, title: string): HTMLElement {
  return element('span', {
    class: `tile-part is-${kind}`,
    'aria-hidden': 'true',
    'data-name': visibleText(name),
    title,
  });
}

function placeTile(node: HTMLElement | undefined, item: FolderItemView | undefined, box: Box): void {
  if (node === undefined || item === undefined) return;
  move(node, box);
  node.classList.toggle('is-unnamed', box.width < smallestLabel.width || box.height < smallestLabel.height);
  const isDrawn = box.width >= smallestParts.width && box.height >= smallestParts.height;
  const room = { x: 3, y: labelHeight + 2, width: box.width - 8, height: box.height - labelHeight - 7 };
  const sizes = item.parts.map(({ size }) => size);
  const shown = sizes.reduce((sum, size) => sum + size, 0);
  const parts = squarify([...sizes, Math.max(0, item.size - shown)], room);
  for (const [place, part] of [...node.querySelectorAll<HTMLElement>('.tile-part')].entries()) {
    const at = parts[place];
    part.hidden = !isDrawn || at === undefined || at.width < 2 || at.height < 2;
    if (at === undefined) continue;
    move(part, at);
    part.classList.toggle('is-unnamed', at.width < smallestLabel.width || at.height < smallestLabel.height);
  }
}

function move({ style }: HTMLElement, { x, y, width, height }: Box): void {
  style.setProperty('left', `${x}px`);
  style.setProperty('top', `${y}px`);
  style.setProperty('width', `${Math.max(0, width - 1)}px`);
  style.setProperty('height', `${Math.max(0, height - 1)}px`);
}

/** One stop of the Tab key; arrow keys move to the tile that lies there. */
function walkTiles(
  node: HTMLElement,
  tiles: readonly HTMLElement[],
  boxes: () => readonly Box[],
  up: () => void,
): void {
  node.addEventListener('focusin', ({ target }) => {
    for (const each of tiles) each.tabIndex = each === target ? 0 : -1;
  });
  node.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = event.target instanceof HTMLElement ? tiles.indexOf(event.target) : -1;
    const to = event.key === 'Backspace' ? undefined : nextBox(boxes(), from, event.key);
    if (event.key !== 'Backspace' && to === undefined) return;
    event.preventDefault();
    if (to === undefined) up();
    else tiles[to]?.focus();
  });
}

import type { ImagePanelRequest, ImagePanelSavedState, ImagePanelState, ImageView } from '../../messages.ts';
import { element } from '../ui/element.ts';
import { createFormats } from '../ui/format.ts';
import { createLiveRegion } from '../ui/liveRegion.ts';
import { connect } from '../ui/vscodeApi.ts';
import { annotationsSection, configurationSection } from './configuration.ts';
import type { PanelContext } from './context.ts';
import { imageHeader, refreshDates } from './header.ts';
import { isImagePanelMessage } from './incoming.ts';
import { layersSection } from './layers.ts';
import { failedView, loadingView } from './placeholders.ts';
import { readSavedState, savedStateFor } from './savedState.ts';
import { vulnerabilitiesSection } from './vulnerabilities.ts';

interface Shown {
  readonly state: ImagePanelState;
  readonly context: PanelContext;
}

const dateRefreshInterval = 60_000;
const scrollSettleTime = 150;

const vscode = connect<ImagePanelRequest, ImagePanelSavedState>();
const main = element('main');
const root = document.getElementById('root') ?? document.body;
root.append(element('div', { class: 'progress', 'aria-hidden': 'true' }), main);
const announce = createLiveRegion(root);

let shown: Shown | undefined;
let saved = readSavedState(vscode.getState());
let settling: ReturnType<typeof setTimeout> | undefined;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isImagePanelMessage(data)) show(data.state);
});
window.addEventListener('scroll', () => {
  if (shown?.state.view.kind !== 'image' || saved === undefined) return;
  saved = { ...saved, scroll: window.scrollY };
  clearTimeout(settling);
  settling = setTimeout(save, scrollSettleTime);
});
setInterval(() => {
  if (shown !== undefined) refreshDates(main, shown.context);
}, dateRefreshInterval);
vscode.postMessage({ type: 'ready' });

function show(state: ImagePanelState): void {
  const { language, strings, view } = state;
  const isLoading = view.kind === 'loading';
  main.setAttribute('aria-busy', String(isLoading));
  if (isLoading) announce(strings.loading);

  const before = shown?.state.view;
  const isReloading = isLoading && before?.kind === 'image' && before.reference === view.reference;
  main.classList.toggle('is-reloading', isReloading);
  // Another platform of the same image: the page stays, marked as old, instead of jumping to a skeleton and back.
  if (isReloading) return;
  // The whole state comes whenever the panel may have missed something, most often unchanged.
  if (shown !== undefined && JSON.stringify(state) === JSON.stringify(shown.state)) return;

  const post = (request: ImagePanelRequest): void => vscode.postMessage(request);
  shown = { state, context: { strings, formats: createFormats(language), announce, post } };
  saved = savedStateFor(view, saved);
  save();
  document.documentElement.lang = language;
  const focusedId = document.activeElement?.id;
  main.replaceChildren(...render(view, shown.context, saved.expanded));
  if (focusedId) document.getElementById(focusedId)?.focus({ preventScroll: true });
  if (view.kind === 'image') window.scrollTo(0, saved.scroll);
}

function render(view: ImageView, context: PanelContext, expanded: readonly number[]): HTMLElement[] {
  switch (view.kind) {
    case 'loading':
      return loadingView(view.reference, context);
    case 'failed':
      return failedView(view.reference, view.message, context);
    case 'image':
      return [
        imageHeader(view.reference, view, context),
        layersSection(view.image, context, { expanded: new Set(expanded), onToggle: keepExpanded }),
        ...(view.scan === undefined ? [] : [vulnerabilitiesSection(view.scan, context)]),
        configurationSection(view.image, context),
        annotationsSection(view.image, context),
      ];
  }
}

function keepExpanded(index: number, isExpanded: boolean): void {
  if (saved === undefined) return;
  const others = saved.expanded.filter((other) => other !== index);
  saved = { ...saved, expanded: isExpanded ? [...others, index] : others };
  save();
}

function save(): void {
  if (saved !== undefined) vscode.setState(saved);
}

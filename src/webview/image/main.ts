import type { ImagePanelRequest, ImagePanelSavedState, ImagePanelState, ImageView } from '../../messages.ts';
import { createParts, type Part } from '../ui/drawParts.ts';
import { element } from '../ui/element.ts';
import { createFormats } from '../ui/format.ts';
import { createLiveRegion } from '../ui/liveRegion.ts';
import { connect } from '../ui/vscodeApi.ts';
import { aboutSection, saysSomething } from './about.ts';
import { artifactSection } from './artifact.ts';
import { attachmentsSection } from './attachments.ts';
import { annotationsSection, configurationSection, hasAnnotationsSection } from './configuration.ts';
import type { PanelContext } from './context.ts';
import { imageHeader, refreshDates } from './header.ts';
import { isImagePanelMessage } from './incoming.ts';
import { insideSection } from './inside.ts';
import { type LayersSection, layersSection } from './layers.ts';
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
const parts = createParts(main);

let shown: Shown | undefined;
let layers: LayersSection | undefined;
let wantedFocus: readonly string[] = [];
let saved = readSavedState(vscode.getState());
let settling: ReturnType<typeof setTimeout> | undefined;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isImagePanelMessage(data)) return;
  if (data.type === 'state') show(data.state);
  else if (data.manifest === saved?.manifest) layers?.showFiles(data.layer, data.files);
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
  const focusNext = (...ids: readonly string[]): void => {
    wantedFocus = ids;
  };
  shown = { state, context: { strings, formats: createFormats(language), announce, post, focusNext } };
  saved = savedStateFor(view, saved);
  save();
  document.documentElement.lang = language;
  const focusedId = document.activeElement?.id;
  const isOtherPage = before?.kind !== view.kind || before.reference !== view.reference;
  parts.draw(partsOf(view, shown.context, saved));
  if (view.kind === 'image') layers?.showShared(view.sharedLayers);
  restoreFocus(focusedId);
  if (view.kind === 'image' && isOtherPage) window.scrollTo(0, saved.scroll);
}

/** A part that was drawn anew has lost it. */
function restoreFocus(focusedId: string | undefined): void {
  const isLost = document.activeElement === null || document.activeElement === document.body;
  const ids = wantedFocus.length > 0 ? wantedFocus : isLost && focusedId ? [focusedId] : [];
  wantedFocus = [];
  const found = ids.map((id) => document.getElementById(id)).find((node) => node !== null);
  found?.focus({ preventScroll: true });
}

function partsOf(view: ImageView, context: PanelContext, { expanded }: ImagePanelSavedState): readonly Part[] {
  switch (view.kind) {
    case 'loading':
      return whole(view, loadingView(view.reference, context));
    case 'failed':
      return whole(view, failedView(view.reference, view.message, context));
    case 'image':
      return imageParts(view, context, new Set(expanded));
  }
}

function whole(view: ImageView, nodes: readonly HTMLElement[]): readonly Part[] {
  return nodes.map((node, place) => ({ key: `${view.kind}-${place}`, input: view, build: () => node }));
}

function imageParts(
  view: Extract<ImageView, { readonly kind: 'image' }>,
  context: PanelContext,
  expanded: ReadonlySet<number>,
): readonly Part[] {
  const { reference, image, tag, scan, inside, artifact, attachments } = view;
  const { digest, platformDigest = digest } = image;
  const buildLayers = (): HTMLElement => {
    layers = layersSection(image, context, { expanded, onToggle: keepExpanded });
    return layers.node;
  };
  return [
    { key: 'header', input: [reference, image, tag], build: () => imageHeader(reference, view, context) },
    ...(saysSomething(image) ? [{ key: 'about', input: image, build: () => aboutSection(image, context) }] : []),
    artifact === undefined
      ? { key: 'layers', input: [platformDigest, image.layers], build: buildLayers }
      : { key: 'artifact', input: [digest, artifact.files], build: () => artifactSection(artifact, context) },
    ...(inside === undefined ? [] : [{ key: 'inside', input: inside, build: () => insideSection(inside, context) }]),
    { key: 'attachments', input: attachments, build: () => attachmentsSection(attachments, context) },
    ...(scan === undefined ? [] : [{ key: 'scan', input: scan, build: () => vulnerabilitiesSection(scan, context) }]),
    {
      key: 'configuration',
      input: [image, artifact?.config],
      build: () =>
        configurationSection(artifact === undefined ? image : { ...image, config: artifact.config }, context),
    },
    ...(hasAnnotationsSection(image)
      ? [{ key: 'annotations', input: image, build: () => annotationsSection(image, context) }]
      : []),
  ];
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

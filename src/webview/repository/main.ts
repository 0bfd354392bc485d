import type { RepositoryPanelRequest, RepositoryPanelSavedState, RepositoryPanelState } from '../../messages.ts';
import { createParts, type Part } from '../ui/drawParts.ts';
import { element } from '../ui/element.ts';
import { createFormats } from '../ui/format.ts';
import { createLiveRegion } from '../ui/liveRegion.ts';
import { connect } from '../ui/vscodeApi.ts';
import { isRepositoryPanelMessage } from './incoming.ts';
import { type RepositoryContext, readmeSection, repositoryHeader, sizesSection } from './sections.ts';

const vscode = connect<RepositoryPanelRequest, RepositoryPanelSavedState>();
const main = element('main');
const root = document.getElementById('root') ?? document.body;
root.append(main);
const announce = createLiveRegion(root);
const parts = createParts(main);

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (isRepositoryPanelMessage(data)) show(data.state);
});
vscode.postMessage({ type: 'ready' });

function show({ language, strings, view }: RepositoryPanelState): void {
  const { reference, connectionId } = view;
  vscode.setState({ reference, ...(connectionId !== undefined && { connectionId }) });
  document.documentElement.lang = language;
  const post = (request: RepositoryPanelRequest): void => vscode.postMessage(request);
  const context: RepositoryContext = { strings, formats: createFormats(language), announce, post };
  const focusedId = document.activeElement?.id;
  parts.draw(partsOf(view, context));
  const isLost = document.activeElement === null || document.activeElement === document.body;
  if (isLost && focusedId) document.getElementById(focusedId)?.focus({ preventScroll: true });
}

function partsOf(view: RepositoryPanelState['view'], context: RepositoryContext): readonly Part[] {
  const { sizes, readme, ...head } = view;
  return [
    { key: 'header', input: head, build: () => repositoryHeader(view, context) },
    { key: 'sizes', input: sizes, build: () => sizesSection(sizes, context) },
    ...(readme === undefined ? [] : [{ key: 'readme', input: readme, build: () => readmeSection(readme, context) }]),
  ];
}

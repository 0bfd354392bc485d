import type { ImageDetails } from '../../api.ts';
import type { ImageAction } from '../../messages.ts';
import { element, icon } from '../ui/element.ts';
import type { PanelContext } from './context.ts';

const icons: Readonly<Record<ImageAction, string>> = {
  openManifest: 'json',
  openConfig: 'settings-gear',
  openDockerfile: 'file-code',
  findFile: 'search',
  addToWorkspace: 'root-folder-opened',
  compare: 'diff',
  saveArtifact: 'save-all',
};

/** What else can be looked at, a button each. */
export function actionsBar(image: ImageDetails, { strings, post }: PanelContext): HTMLElement {
  const buttons = actionsOf(image).map((action) => {
    const button = element('button', { type: 'button', class: 'action-button', id: `action-${action}` }, [
      icon(icons[action]),
      strings.actionNames[action],
    ]);
    button.addEventListener('click', () => post({ type: 'action', action }));
    return button;
  });
  return element('div', { class: 'actions', role: 'group', 'aria-label': strings.actions }, buttons);
}

function actionsOf(image: ImageDetails): readonly ImageAction[] {
  if (image.config === undefined)
    return image.layers.length === 0 ? ['openManifest'] : ['openManifest', 'saveArtifact'];
  const inside: readonly ImageAction[] = image.layers.length === 0 ? [] : ['findFile', 'addToWorkspace', 'compare'];
  return ['openManifest', 'openConfig', 'openDockerfile', ...inside];
}

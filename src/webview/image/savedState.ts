import type { ImagePanelSavedState, ImageView } from '../../messages.ts';

/** What `getState` returned, as far as it can be used; another version may have written it. */
export function readSavedState(value: unknown): ImagePanelSavedState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { reference, connectionId, platform, manifest, expanded, scroll } = value as Readonly<Record<string, unknown>>;
  if (typeof reference !== 'string') return undefined;
  return {
    reference,
    ...(typeof connectionId === 'string' && { connectionId }),
    ...(typeof platform === 'string' && { platform }),
    ...(typeof manifest === 'string' && { manifest }),
    expanded: Array.isArray(expanded) ? expanded.filter(isIndex) : [],
    scroll: typeof scroll === 'number' && Number.isFinite(scroll) && scroll > 0 ? scroll : 0,
  };
}

/** What to keep once `view` is shown: the place in the page within one reference, the open rows within one manifest. */
export function savedStateFor(view: ImageView, before: ImagePanelSavedState | undefined): ImagePanelSavedState {
  const { reference, connectionId } = view;
  const target = { reference, ...(connectionId !== undefined && { connectionId }) };
  const same = before?.reference === reference ? before : undefined;
  if (view.kind !== 'image') return { expanded: [], scroll: 0, ...same, ...target };
  const { digest, platform, platformDigest: manifest = digest } = view.image;
  return {
    ...target,
    ...(platform !== undefined && { platform }),
    manifest,
    expanded: same?.manifest === manifest ? same.expanded : [],
    scroll: same?.scroll ?? 0,
  };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

import type { ImagePanelRequest, ImagePanelStrings } from '../../messages.ts';
import type { Formats } from '../ui/format.ts';
import type { Announce } from '../ui/liveRegion.ts';

/** What every part of the panel needs to draw itself. */
export interface PanelContext {
  readonly strings: ImagePanelStrings;
  readonly formats: Formats;
  readonly announce: Announce;
  readonly post: (request: ImagePanelRequest) => void;
  /** Which elements are to have the focus after the next drawing: the first of these ids that is there. */
  readonly focusNext: (...ids: readonly string[]) => void;
}

import type { Services } from '../services.ts';
import { DocumentMentions } from './documentMentions.ts';
import { ImageActions } from './imageActions.ts';
import { ImageCompletion } from './imageCompletion.ts';
import { ImageHover } from './imageHover.ts';
import { ImageLookups } from './imageLookups.ts';
import { MentionCommands } from './mentionCommands.ts';
import { MentionEdits } from './mentionEdits.ts';

/** What editors show and do with the names of images. */
export interface EditorFeatures {
  readonly hover: ImageHover;
  readonly actions: ImageActions;
  readonly completion: ImageCompletion;
  readonly commands: MentionCommands;
}

export function createEditorFeatures(services: Services): EditorFeatures {
  const mentions = new DocumentMentions(services);
  const lookups = new ImageLookups(services);
  const edits = new MentionEdits(services, mentions);
  services.connections.onDidChange(() => lookups.clear());
  return {
    hover: new ImageHover(services, mentions, lookups),
    actions: new ImageActions(mentions, lookups, edits),
    completion: new ImageCompletion(services, mentions, lookups, edits),
    commands: new MentionCommands(mentions, lookups, edits),
  };
}

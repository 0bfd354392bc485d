import type { UpdateStep } from '../../core/oci/newerTags.ts';
import type { MentionPlace } from '../editor/mentionEdits.ts';
import type { ChangeOptions } from '../editor/workspace/workspaceCommands.ts';
import { commandIds } from '../ids.ts';
import type { Views } from './commands.ts';

/** Commands of the images that files name. */
export function createEditorCommands({ editor }: Pick<Views, 'editor'>) {
  return {
    [commandIds.pinDigest]: async (place?: MentionPlace) => (await editor()).commands.change('pin', place),
    [commandIds.unpinDigest]: async (place?: MentionPlace) => (await editor()).commands.change('unpin', place),
    [commandIds.updateTag]: async (place?: MentionPlace) => (await editor()).commands.update(place),
    [commandIds.findImages]: async () => (await editor()).workspace.find(),
    [commandIds.updateImages]: async (step?: UpdateStep, options?: ChangeOptions) =>
      (await editor()).workspace.update(step, options),
    [commandIds.pinImages]: async (options?: ChangeOptions) => (await editor()).workspace.pin(options),
    [commandIds.correctName]: async (place?: MentionPlace) => (await editor()).commands.change('correct', place),
    [commandIds.checkAgain]: async () => (await editor()).checks.again(),
  };
}

import { type ImageAction, shellCommand } from '../../core/oci/shellCommand.ts';
import { copyLines } from './copy.ts';

/** Puts the line with which another program does the same on the clipboard. */
export async function copyShellCommand(action: ImageAction): Promise<void> {
  await copyLines([shellCommand(action)]);
}

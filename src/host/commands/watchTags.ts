import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

/** Watches tags from now on, by what they name now. Resolves with those that are. */
export async function watchTags(services: Services, images: readonly ImageTarget[]): Promise<readonly string[]> {
  const { gantry, watched } = services;
  const done: string[] = [];
  for (const image of images) {
    const { familiar, tag } = gantry.parseReference(image.reference);
    const connectionId = connectionOf(services, image);
    if (tag === undefined || connectionId === undefined) continue;
    const { digest } = await gantry.resolve(image.reference, { connectionId });
    if (!(await watched.set({ reference: familiar, connectionId, digest }))) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('No more than 50 tags are watched. Stop watching others first.'),
      );
      break;
    }
    done.push(familiar);
  }
  return done;
}

export async function unwatchTag(services: Services, images: readonly ImageTarget[]): Promise<void> {
  for (const image of images) {
    const connectionId = connectionOf(services, image);
    const { familiar: reference } = services.gantry.parseReference(image.reference);
    if (connectionId !== undefined) await services.watched.remove({ reference, connectionId });
  }
}

function connectionOf({ gantry, connections }: Services, image: ImageTarget): string | undefined {
  return image.connectionId ?? connections.forReference(gantry.parseReference(image.reference))?.id;
}

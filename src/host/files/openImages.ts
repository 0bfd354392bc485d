import * as vscode from 'vscode';
import type { Gantry } from '../../core/gantry.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { withProgress } from '../progress.ts';
import type { ImagePlace } from './imageUris.ts';
import { layerProgress } from './layerProgress.ts';

/**
 * The files of images. Whoever asks for an image that is being read waits for the same reading, which shows one progress
 * that can cancel it. What is read is kept by the core.
 */
export class OpenImages {
  readonly #gantry: Pick<Gantry, 'openFiles'>;
  readonly #opening = new Map<string, Promise<OpenedFiles>>();

  constructor(gantry: Pick<Gantry, 'openFiles'>) {
    this.#gantry = gantry;
  }

  async open(place: ImagePlace): Promise<OpenedFiles> {
    const key = JSON.stringify([place.reference, place.connectionId, place.layer]);
    const opening = this.#opening.get(key) ?? this.#read(place);
    this.#opening.set(key, opening);
    try {
      return await opening;
    } finally {
      if (this.#opening.get(key) === opening) this.#opening.delete(key);
    }
  }

  #read({ reference, connectionId, layer }: ImagePlace): Promise<OpenedFiles> {
    const { repository } = parseReference(reference);
    return withProgress(vscode.l10n.t('Reading what is inside {0}…', repository), (signal, report) =>
      this.#gantry.openFiles(reference, {
        ...(layer !== undefined && { layer }),
        ...(connectionId !== undefined && { connectionId }),
        signal,
        onProgress: (progress) => {
          const { read, total } = progress;
          report(layerProgress(progress), total === 0 ? 0 : (read / total) * 100);
        },
      }),
    );
  }
}

import * as vscode from 'vscode';
import type { LayerIndex } from '../../core/image/layerIndex.ts';
import type { Services } from '../services.ts';
import type { ImagePlace } from './imageUris.ts';
import { layerProgress } from './layerProgress.ts';

/** The lists of the first layers of an image, from the bottom up: those above are not read. */
export async function readLayers(
  { gantry }: Pick<Services, 'gantry'>,
  place: ImagePlace,
  count: number,
  { signal, report }: { readonly signal: AbortSignal; readonly report: (progress: string) => void },
): Promise<readonly LayerIndex[]> {
  const layers: LayerIndex[] = [];
  for (let layer = 0; layer < count; layer++) {
    const { tree } = await gantry.openFiles(place.reference, {
      layer,
      signal,
      ...(place.connectionId !== undefined && { connectionId: place.connectionId }),
      onProgress: (progress) =>
        report(vscode.l10n.t('Layer {0} of {1}: {2}', layer + 1, count, layerProgress(progress))),
    });
    layers.push(...tree.layers);
  }
  return layers;
}

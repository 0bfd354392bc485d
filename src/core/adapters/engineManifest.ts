import type { Descriptor, FetchedManifest } from '../../api.ts';
import { pulledAnnotation } from '../oci/localReference.ts';
import { mediaTypes } from '../oci/mediaType.ts';
import type { CreateHash } from '../ports.ts';
import { digestOf } from '../registry/verify.ts';
import type { EngineDetails, EngineStep } from './engineReplies.ts';

/** An image of an engine in the form that registries have it. */
export interface MadeImage {
  readonly manifest: FetchedManifest;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Uint8Array };
  readonly layers: readonly Descriptor[];
}

const layerType = 'application/vnd.oci.image.layer.v1.tar';
/** Tells in the panel what the engine calls the image. */
const idAnnotation = 'dev.gantry.engine.id';

/**
 * Engines tell neither the manifest nor the config of an image, only what is in them: so both are made of that, the same
 * bytes each time. Their digests are those of the bytes made here, and others than the image has in a registry. Layers
 * have the digests of their plain tars, and the sizes that the engine counts.
 */
export function makeEngineImage(
  details: EngineDetails,
  history: readonly EngineStep[],
  createHash: CreateHash,
): MadeImage {
  const steps = matchLayers(history.toReversed(), details.diffIds.length);
  const { os, architecture, variant, created, author } = details;
  const config = describe(mediaTypes.ociConfig, createHash, {
    ...(created !== undefined && { created }),
    ...(author !== undefined && { author }),
    architecture,
    ...(variant !== undefined && { variant }),
    os,
    config: details.config,
    rootfs: { type: 'layers', diff_ids: details.diffIds },
    history: steps.map(({ step, isLayer }) => ({
      ...(step.created !== undefined && { created: step.created }),
      ...(step.createdBy !== undefined && { created_by: step.createdBy }),
      ...(!isLayer && { empty_layer: true }),
    })),
  });
  const sizes = steps.filter(({ isLayer }) => isLayer).map(({ step }) => step.size);
  const layers = details.diffIds.map((digest, index) => ({ mediaType: layerType, digest, size: sizes[index] ?? 0 }));
  const annotations = {
    [idAnnotation]: details.id,
    ...(details.repoDigests.length > 0 && { [pulledAnnotation]: details.repoDigests.join(' ') }),
  };
  const manifest = describe(mediaTypes.ociManifest, createHash, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: config.descriptor,
    layers,
    annotations,
  });
  return { manifest, config, layers };
}

/**
 * Which steps made the layers: the engine tells their sizes, and a layer can be empty too. Of the steps without a size
 * those that run something are taken first. None at all when there are more steps with a size than layers.
 */
function matchLayers(
  history: readonly EngineStep[],
  layerCount: number,
): readonly { readonly step: EngineStep; readonly isLayer: boolean }[] {
  const filled = history.filter(({ size }) => size > 0);
  const missing = layerCount - filled.length;
  if (missing < 0) return [];
  const empty = history.filter(({ size }) => size === 0);
  const likely = [...empty.filter(runsSomething), ...empty.filter((step) => !runsSomething(step))];
  const layers = new Set([...filled, ...likely.slice(0, missing)]);
  return history.map((step) => ({ step, isLayer: layers.has(step) }));
}

function runsSomething({ createdBy = '' }: EngineStep): boolean {
  return /^(?:RUN|COPY|ADD|WORKDIR)\b|^\/bin\/sh -c (?!#\(nop\) +(?!COPY|ADD|WORKDIR))/.test(createdBy);
}

function describe(
  mediaType: string,
  createHash: CreateHash,
  document: unknown,
): { readonly descriptor: Descriptor; readonly bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(JSON.stringify(document, undefined, 2));
  return { descriptor: { mediaType, digest: digestOf(bytes, createHash), size: bytes.length }, bytes };
}

/** What may cross between a panel and the extension. Types only: both sides import them, and neither imports the other. */
import type { ImageDetails } from './api.ts';

/** From the extension to the image panel: always the whole state, since a hidden panel drops messages. */
export interface ImagePanelMessage {
  readonly type: 'state';
  readonly state: ImagePanelState;
}

export interface ImagePanelState {
  /** BCP 47, for numbers and dates. */
  readonly language: string;
  readonly strings: ImagePanelStrings;
  readonly view: ImageView;
}

export type ImageView =
  | { readonly kind: 'loading'; readonly reference: string }
  | {
      readonly kind: 'failed';
      readonly reference: string;
      /** A whole sentence: the host, the cause and the next step. */
      readonly message: string;
    }
  | { readonly kind: 'image'; readonly reference: string; readonly image: ImageDetails };

/** Localised by the extension. `{0}` stands for a value. */
export interface ImagePanelStrings {
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
  readonly showLog: string;
  readonly digest: string;
  readonly platform: string;
  readonly size: string;
  readonly created: string;
  readonly unknownDate: string;
  readonly mediaType: string;
  readonly artifactType: string;
  readonly copyReference: string;
  readonly copyDigest: string;
  readonly copied: string;
  readonly layers: string;
  /** `{0}`: how many, `{1}`: their size together. */
  readonly layersSummary: string;
  readonly noLayers: string;
  /** `{0}`: the layer's number, from 1. */
  readonly layerNumber: string;
  /** For screen readers. `{0}`: number, `{1}`: size, `{2}`: share of the whole in per cent, `{3}`: command. */
  readonly layerDescription: string;
  readonly noCommand: string;
  readonly configuration: string;
  readonly entrypoint: string;
  readonly command: string;
  readonly workingDirectory: string;
  readonly user: string;
  readonly ports: string;
  readonly volumes: string;
  readonly environment: string;
  readonly labels: string;
  readonly annotations: string;
  readonly none: string;
}

/** From the image panel to the extension. `ready` comes first; nothing is sent to the panel before it. */
export type ImagePanelRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'retry' }
  | { readonly type: 'showLog' }
  | { readonly type: 'selectPlatform'; readonly platform: string }
  | { readonly type: 'copy'; readonly what: 'reference' | 'digest' | 'layerDigest' | 'command'; readonly text: string };

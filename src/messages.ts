/** What may cross between a panel and the extension. Types only: both sides import them, and neither imports the other. */
import type { ImageDetails, TagSummary, Vulnerability, VulnerabilityReport } from './api.ts';

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

export type ImageView = {
  readonly reference: string;
  /** The connection that it is read by, where it is not the reference that decides. */
  readonly connectionId?: string;
} & (
  | { readonly kind: 'loading' }
  /** A whole sentence: the host, the cause and the next step. */
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'image';
      readonly image: ImageDetails;
      readonly tag?: TagFacts;
      /** Absent where the registry has no scanner. */
      readonly scan?: ScanView;
    }
);

/** What a list of tags told of the one that is shown. */
export type TagFacts = Pick<TagSummary, 'pushedAt' | 'pulledAt' | 'expiresAt' | 'protectedFrom'>;

/** What the registry's scanner found. Nothing is asked while it is `closed`. */
export type ScanView =
  | { readonly kind: 'closed' | 'loading' }
  /** A whole sentence. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'report'; readonly report: ScanReport };

export interface ScanReport extends VulnerabilityReport {
  /** Of all that were found; `items` are the worst of them. */
  readonly counts: Readonly<Record<Vulnerability['severity'], number>>;
  readonly total: number;
}

/**
 * What the panel keeps between its lives (`setState`), and so what its serializer is given to restore it.
 * Comes back from disk: whoever reads it checks it.
 */
export interface ImagePanelSavedState {
  readonly reference: string;
  readonly connectionId?: string;
  readonly platform?: string;
  /** Digest of the manifest that `expanded` and `scroll` belong to. */
  readonly manifest?: string;
  /** Indexes of the layers whose details are open. */
  readonly expanded: readonly number[];
  readonly scroll: number;
}

/** The media types and artifact types that have a name in human words. */
export type MediaTypeName =
  | 'ociIndex'
  | 'ociManifest'
  | 'dockerManifestList'
  | 'dockerManifest'
  | 'dockerSchema1'
  | 'helmChart'
  | 'wasmModule'
  | 'sigstoreBundle'
  | 'cosignSignature'
  | 'notationSignature'
  | 'inTotoAttestation'
  | 'spdxDocument'
  | 'cycloneDxDocument';

/** Localised by the extension. `{0}` stands for a value. */
export interface ImagePanelStrings {
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
  readonly showLog: string;
  readonly digest: string;
  /** Of the manifest of the platform shown, where it is not the digest of the reference. */
  readonly platformDigest: string;
  readonly platform: string;
  readonly size: string;
  readonly compressedSize: string;
  readonly created: string;
  readonly unknownDate: string;
  readonly mediaType: string;
  readonly mediaTypeNames: Readonly<Record<MediaTypeName, string>>;
  readonly artifactType: string;
  readonly copyReference: string;
  readonly copyDigest: string;
  readonly copyPlatformDigest: string;
  /** `{0}`: the layer's number, from 1. */
  readonly copyLayerDigest: string;
  /** `{0}`: the layer's number, from 1. */
  readonly copyCommand: string;
  readonly copied: string;
  readonly layers: string;
  /** `{0}`: how many (worded to fit 1 too), `{1}`: their size together. */
  readonly layersSummary: string;
  /** The same where nothing is compressed. */
  readonly plainLayersSummary: string;
  readonly noLayers: string;
  /** Head of the column of layer numbers. */
  readonly layer: string;
  /** Head of the column of the commands that made the layers. */
  readonly createdBy: string;
  /** Head of the column of each layer's share of the whole. */
  readonly share: string;
  /** `{0}`: number from 1, `{1}`: size, `{2}`: share of the whole with its per cent sign, `{3}`: command. */
  readonly layerDescription: string;
  readonly noCommand: string;
  readonly configuration: string;
  /** A whole sentence, for an artifact that has none. */
  readonly noConfiguration: string;
  readonly entrypoint: string;
  readonly command: string;
  readonly workingDirectory: string;
  readonly user: string;
  readonly ports: string;
  readonly volumes: string;
  readonly stopSignal: string;
  readonly healthCheck: string;
  readonly environment: string;
  readonly labels: string;
  readonly annotations: string;
  /** Heads of the columns of the tables of variables, labels and annotations. */
  readonly name: string;
  readonly value: string;
  readonly none: string;
  /** At the end of a value that is cut. `{0}`: how many characters are left out. */
  readonly moreCharacters: string;
  /** At the end of a table that is cut. `{0}`: how many rows are left out. */
  readonly moreEntries: string;
  readonly pushed: string;
  readonly pulled: string;
  readonly expires: string;
  readonly protection: string;
  readonly immutable: string;
  readonly undeletable: string;
  readonly vulnerabilities: string;
  readonly cancel: string;
  readonly scanLoading: string;
  /** Whole sentences. */
  readonly scanStatus: Readonly<Record<Exclude<VulnerabilityReport['status'], 'done'>, string>>;
  readonly scanClean: string;
  /** Before a date. */
  readonly scanned: string;
  readonly scanner: string;
  readonly severity: string;
  readonly severities: Readonly<Record<Vulnerability['severity'], string>>;
  /** `{0}`: the severity, `{1}`: how many. */
  readonly severityCount: string;
  readonly vulnerability: string;
  readonly package: string;
  readonly version: string;
  readonly fixedVersion: string;
  readonly noFix: string;
}

/** From the image panel to the extension. `ready` comes first; nothing is sent to the panel before it. */
export type ImagePanelRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'retry' }
  | { readonly type: 'showLog' }
  | { readonly type: 'openScan' | 'closeScan' }
  /** `https:` only. */
  | { readonly type: 'openLink'; readonly url: string }
  | { readonly type: 'selectPlatform'; readonly platform: string }
  | { readonly type: 'copy'; readonly what: 'reference' | 'digest' | 'layerDigest' | 'command'; readonly text: string };

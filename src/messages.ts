/** What may cross between a panel and the extension. Types only: both sides import them, and neither imports the other. */
import type { ImageDetails, TagSummary, Vulnerability, VulnerabilityReport } from './api.ts';

/**
 * From the extension to the image panel: the whole state, since a hidden panel drops messages; and what is in one layer, which
 * the panel asks for again when it comes back.
 */
export type ImagePanelMessage =
  | { readonly type: 'state'; readonly state: ImagePanelState }
  | {
      readonly type: 'layerFiles';
      /** Digest of the manifest that the layer is of. */
      readonly manifest: string;
      /** From 0. */
      readonly layer: number;
      readonly files: LayerFilesView;
    };

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
      /** Absent for what is no image. */
      readonly inside?: InsideView;
      /** Of what is no image. */
      readonly artifact?: ArtifactView;
      readonly attachments: AttachmentsView;
      /** Other images in open panels that have a layer too, by its digest. */
      readonly sharedLayers: Readonly<Record<string, readonly string[]>>;
    }
);

/** Something that is read when somebody opens it, and not before. */
export type Lazy<T> =
  | { readonly kind: 'closed' }
  /** `progress`: how far it is, in words. */
  | { readonly kind: 'loading'; readonly progress?: string }
  /** A whole sentence. */
  | { readonly kind: 'failed'; readonly message: string }
  | T;

export type InsideView = Lazy<{
  readonly kind: 'inside';
  readonly efficiency: EfficiencyView;
  readonly folder: FolderView;
}>;

/** How much of the layers is of use, as dive counts it. */
export interface EfficiencyView {
  /** From 0 to 1. */
  readonly score: number;
  readonly wasted: number;
  /** The largest first. */
  readonly paths: readonly WastedPathView[];
  /** Paths that are not among them. */
  readonly left: number;
}

export interface WastedPathView {
  readonly path: string;
  /** In all layers together. */
  readonly size: number;
  /** Numbers from 1. */
  readonly layers: readonly number[];
  /** Whether it is a file that is still there. */
  readonly isOpenable: boolean;
}

/** A folder of the image as a container sees it. */
export interface FolderView {
  /** `''` for the root. */
  readonly path: string;
  readonly size: number;
  readonly files: number;
  /** The largest first. */
  readonly items: readonly FolderItemView[];
  /** What is not among them. */
  readonly left: { readonly count: number; readonly size: number };
}

export interface FolderItemView {
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly size: number;
  /** In a folder, with all that is below it. */
  readonly files: number;
  /** The largest things in a folder, to be drawn. */
  readonly parts: readonly FolderPartView[];
}

export type FolderPartView = Pick<FolderItemView, 'name' | 'kind' | 'size'>;

export type LayerFilesView = Lazy<LayerFilesPage>;

/** A part of what a layer changes, the largest first. */
export interface LayerFilesPage {
  readonly kind: 'files';
  readonly counts: Readonly<Record<LayerFileView['kind'], number>>;
  /** That can be listed. */
  readonly total: number;
  /** Changes beyond those that can be listed. */
  readonly left: number;
  /** Place of the first of the items, from 0. */
  readonly from: number;
  readonly items: readonly LayerFileView[];
}

export interface LayerFileView {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  /** Of a file: what it is now, or was. */
  readonly size: number;
}

export type AttachmentsView = Lazy<{ readonly kind: 'attachments'; readonly items: readonly AttachmentView[] }>;

export interface ArtifactView {
  readonly files: readonly ArtifactFileView[];
  /** What it says of itself: the metadata of a Helm chart. Foreign data. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface ArtifactFileView {
  readonly name: string;
  /** Whether it is the name that the artifact gives it. */
  readonly isTitled: boolean;
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What refers to an image. */
export interface AttachmentView {
  readonly kind: AttachmentKind;
  readonly digest: string;
  /** Its artifact type, or the types of what it states. */
  readonly types: readonly string[];
  /** Of its content; absent where it could not be read. */
  readonly size?: number;
  readonly createdAt?: string;
  /** Whether it is about all platforms together. */
  readonly isOfIndex: boolean;
}

export type AttachmentKind = 'signature' | 'sbom' | 'attestation' | 'other';

/** What a list of tags told of the one that is shown. */
export type TagFacts = Pick<TagSummary, 'pushedAt' | 'pulledAt' | 'expiresAt' | 'protectedFrom'>;

/** What the registry's scanner found. */
export type ScanView = Lazy<{ readonly kind: 'report'; readonly report: ScanReport }>;

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
  | 'cycloneDxDocument'
  | 'slsaProvenance'
  | 'helmChartContent'
  | 'policyBundle'
  | 'fluxManifests'
  | 'composeApplication'
  | 'devContainerFeature'
  | 'vulnerabilityDatabase'
  | 'model'
  | 'someFiles';

/** What an image says of itself that stands under a name. */
export type StatementFact =
  | 'title'
  | 'version'
  | 'revision'
  | 'source'
  | 'url'
  | 'documentation'
  | 'licenses'
  | 'vendor'
  | 'authors'
  | 'baseName'
  | 'refName'
  | 'created';

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
  /** Where some of them are told elsewhere. */
  readonly otherLabels: string;
  readonly annotations: string;
  readonly otherAnnotations: string;
  /** What the image says of itself. */
  readonly aboutImage: string;
  readonly statementNames: Readonly<Record<StatementFact, string>>;
  readonly statementOrigins: Readonly<Record<'annotation' | 'label' | 'old', string>>;
  /** `{0}`: reference. */
  readonly showImage: string;
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
  /** Of what can be done with the image. */
  readonly actions: string;
  readonly actionNames: Readonly<Record<ImageAction, string>>;
  /** `{0}`: what the digest is of. */
  readonly openDocument: string;
  /** `{0}`: the layer's number, from 1. */
  readonly openLayerList: string;
  /** `{0}`: references. */
  readonly sharedWith: string;
  /** For the column of digests. `{0}`: how many other open images. */
  readonly shared: string;
  readonly showLayerFiles: string;
  readonly hideLayerFiles: string;
  /** `{0}`: the layer's number, from 1. */
  readonly layerFiles: string;
  readonly layerFilesLoading: string;
  /** `{0}`: added, `{1}`: changed, `{2}`: removed. */
  readonly layerFilesSummary: string;
  readonly noLayerFiles: string;
  readonly change: string;
  readonly changes: Readonly<Record<LayerFileView['kind'], string>>;
  readonly path: string;
  /** `{0}`: how many. */
  readonly showMore: string;
  /** `{0}`: how many changes are not listed. */
  readonly notListed: string;
  readonly inside: string;
  readonly insideLoading: string;
  /** `{0}`: the share of bytes that is of use, with its per cent sign, `{1}`: wasted bytes. */
  readonly efficiency: string;
  readonly efficiencyExplained: string;
  readonly nothingWasted: string;
  readonly wastedSpace: string;
  readonly inLayers: string;
  readonly folders: string;
  /** `{0}`: path, `{1}`: size, `{2}`: files. */
  readonly folderSummary: string;
  readonly root: string;
  readonly parentFolder: string;
  /** What the picture is, and how one moves in it. */
  readonly treemap: string;
  /** `{0}`: name, `{1}`: size, `{2}`: share with its per cent sign. */
  readonly folderItem: string;
  readonly fileItem: string;
  /** `{0}`: names of what is largest in a folder. */
  readonly folderParts: string;
  readonly files: string;
  readonly emptyFolder: string;
  /** `{0}`: how many, `{1}`: their size together. */
  readonly otherItems: string;
  readonly artifactFiles: string;
  /** `{0}`: how many, `{1}`: their size together. */
  readonly artifactSummary: string;
  readonly madeUpName: string;
  readonly save: string;
  /** `{0}`: name. */
  readonly saveFile: string;
  /** The folder that is shown. */
  readonly saveFolder: string;
  readonly attachments: string;
  readonly attachmentsLoading: string;
  readonly noAttachments: string;
  readonly kind: string;
  readonly attachmentKinds: Readonly<Record<AttachmentKind, string>>;
  readonly about: string;
  readonly allPlatforms: string;
  readonly thisPlatform: string;
  readonly unknownSize: string;
}

/** What the buttons below the title do. */
export type ImageAction =
  | 'openManifest'
  | 'openConfig'
  | 'openDockerfile'
  | 'findFile'
  | 'addToWorkspace'
  | 'compare'
  | 'saveArtifact';

/** From the image panel to the extension. `ready` comes first; nothing is sent to the panel before it. */
export type ImagePanelRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'retry' }
  | { readonly type: 'showLog' }
  | { readonly type: 'openScan' | 'closeScan' }
  | { readonly type: 'openInside' | 'closeInside' }
  | { readonly type: 'openAttachments' | 'closeAttachments' }
  /** A folder of the image to be looked into. */
  | { readonly type: 'openFolder'; readonly path: string }
  | { readonly type: 'openFile'; readonly path: string }
  /** A file or a folder of the image; `''` is all of it. */
  | { readonly type: 'saveFile'; readonly path: string }
  /** `from`: place of the first of the changes that are wanted. */
  | { readonly type: 'openLayer'; readonly layer: number; readonly from: number }
  | { readonly type: 'closeLayer'; readonly layer: number }
  | { readonly type: 'openLayerFile'; readonly layer: number; readonly file: LayerFileView }
  /** What is in a layer, as a document. */
  | { readonly type: 'openLayerList'; readonly layer: number }
  /** The manifest of a digest, as a document. */
  | { readonly type: 'openManifest'; readonly digest: string }
  | { readonly type: 'showImage'; readonly reference: string }
  /** The image that this one was built from, of any registry. */
  | { readonly type: 'showBase'; readonly reference: string }
  | { readonly type: 'showAttachment'; readonly digest: string }
  /** A file of an artifact by its place, from 0. */
  | { readonly type: 'openArtifactFile' | 'saveArtifactFile'; readonly place: number }
  | { readonly type: 'action'; readonly action: ImageAction }
  /** `https:` only. */
  | { readonly type: 'openLink'; readonly url: string }
  | { readonly type: 'selectPlatform'; readonly platform: string }
  | { readonly type: 'copy'; readonly what: 'reference' | 'digest' | 'layerDigest' | 'command'; readonly text: string };

/* --------------------------------------------------------------------------------------- repository panel */

/** From the extension to the panel of a repository: always the whole state. */
export interface RepositoryPanelMessage {
  readonly type: 'state';
  readonly state: RepositoryPanelState;
}

export interface RepositoryPanelState {
  readonly language: string;
  readonly strings: RepositoryPanelStrings;
  readonly view: RepositoryView;
}

export interface RepositoryView {
  /** Without a tag. */
  readonly reference: string;
  readonly connectionId?: string;
  /** What the registry's list told. Foreign text. */
  readonly description?: string;
  readonly pulls?: number;
  readonly updatedAt?: string;
  /** Whether it has a page of its own in a browser. */
  readonly hasPage: boolean;
  readonly tags: Lazy<RepositoryTagsView>;
  readonly sizes: Lazy<RepositorySizesView>;
  /** Absent where the registry has no descriptions. */
  readonly readme?: Lazy<{ readonly kind: 'readme'; readonly text: string }>;
}

export interface RepositoryTagsView {
  readonly kind: 'tags';
  readonly count: number;
  /** Whether there are more than are read. */
  readonly isTruncated: boolean;
  /** Of signatures and other attachments, which are among them. */
  readonly attachments: number;
  readonly newest?: string;
}

export interface RepositorySizesView {
  readonly kind: 'sizes';
  /** Tags whose size is known, of all or of the newest. */
  readonly looked: number;
  /** The largest first, one an image. */
  readonly items: readonly ImageSizeView[];
  readonly left: number;
  /** Of all layers of the images that were looked at, each counted once; absent where a list has told the sizes. */
  readonly together?: number;
}

export interface ImageSizeView {
  /** Of one image. */
  readonly tags: readonly string[];
  readonly size: number;
  readonly date?: string;
}

/** Localised by the extension. `{0}` stands for a value. */
export interface RepositoryPanelStrings {
  readonly retry: string;
  readonly cancel: string;
  readonly copyReference: string;
  readonly copied: string;
  readonly openInBrowser: string;
  readonly openReadme: string;
  readonly tags: string;
  readonly tagsLoading: string;
  /** `{0}`: how many. */
  readonly moreThan: string;
  /** `{0}`: how many. */
  readonly ofAttachments: string;
  readonly newest: string;
  readonly none: string;
  readonly pulls: string;
  readonly updated: string;
  readonly sizes: string;
  readonly sizesLoading: string;
  /** `{0}`: images, `{1}`: tags. */
  readonly sizesSummary: string;
  /** `{0}`: size. */
  readonly together: string;
  readonly noSizes: string;
  readonly tag: string;
  readonly size: string;
  readonly share: string;
  readonly date: string;
  readonly unknownDate: string;
  /** `{0}`: how many. */
  readonly moreEntries: string;
  readonly readme: string;
  readonly readmeLoading: string;
  readonly noReadme: string;
  /** At the end of a text that is cut. `{0}`: how many characters are left out. */
  readonly moreCharacters: string;
}

export type RepositoryPanelRequest =
  | { readonly type: 'ready' | 'openTags' | 'openSizes' | 'closeSizes' | 'openReadme' | 'closeReadme' }
  | { readonly type: 'showTag'; readonly tag: string }
  | { readonly type: 'action'; readonly action: 'openInBrowser' | 'showReadme' }
  | { readonly type: 'copy'; readonly text: string };

/** Comes back from disk: whoever reads it checks it. */
export interface RepositoryPanelSavedState {
  readonly reference: string;
  readonly connectionId?: string;
}

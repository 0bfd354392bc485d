import type { ConnectionInfo, LayerSummary, NamespaceSummary, RepositorySummary, TagSummary } from '../../api.ts';
import type { CredentialSource } from '../../core/credential.ts';
import type { RegistryError } from '../../core/errors.ts';
import type { UntaggedImage } from '../../core/untagged.ts';
import type { DiscoveredRegistry } from '../../core/useCases/discovery.ts';
import type { ImagePlace } from '../files/imageUris.ts';
import type { FileNode, FilesNode } from './fileNodes.ts';

/** What the tree shows: plain data, with ids that stay the same from one refresh to the next. */
export type TreeNode =
  | RegistryNode
  | NamespaceNode
  | RepositoryNode
  | TagNode
  | PlatformNode
  | LayerNode
  | FilesNode
  | FileNode
  | UntaggedNode
  | UntaggedImageNode
  | MoreNode
  | PagesNode
  | UnknownNode
  | OpenNode
  | NoticeNode
  | OfferNode;

/** A node that can have children. */
export type ParentNode =
  | RegistryNode
  | NamespaceNode
  | RepositoryNode
  | TagNode
  | PlatformNode
  | LayerNode
  | FilesNode
  | FileNode
  | UntaggedNode;

export interface RegistryNode {
  readonly kind: 'registry';
  readonly id: string;
  readonly connection: ConnectionInfo;
  /** What it logged in with last. */
  readonly login?: CredentialSource;
}

export interface NamespaceNode {
  readonly kind: 'namespace';
  readonly id: string;
  readonly parent: RegistryNode;
  readonly name: string;
  /** Whether the registry lists its repositories apart; else they are those of the registry with this first name. */
  readonly isOwn: boolean;
  /** What the registry tells of it, where it is its own. */
  readonly summary?: NamespaceSummary;
}

export interface RepositoryNode {
  readonly kind: 'repository';
  readonly id: string;
  readonly parent: RegistryNode | NamespaceNode;
  readonly connection: ConnectionInfo;
  readonly repository: RepositorySummary;
  /** Whether the user keeps it in the view by its name. */
  readonly isPinned: boolean;
  /** What is known of its tags, in words; absent before it is opened. */
  readonly tagCount?: string;
}

export interface TagNode {
  readonly kind: 'tag';
  readonly id: string;
  readonly parent: RepositoryNode;
  readonly connection: ConnectionInfo;
  readonly tag: TagSummary;
  /** Of the tag, in its shortest form. */
  readonly reference: string;
  /** Other tags of the same image, as far as they are known. */
  readonly sameImage?: readonly string[];
  /** Whether its row stands for them too. */
  readonly isGroup?: boolean;
  /** The digest that it had at the last visit, where it was another one. */
  readonly movedFrom?: string;
  /** Whether the user wants to know when it moves. */
  readonly isWatched?: boolean;
}

export interface PlatformNode {
  readonly kind: 'platform';
  readonly id: string;
  readonly parent: TagNode;
  readonly platform: string;
}

export interface LayerNode {
  readonly kind: 'layer';
  readonly id: string;
  readonly parent: TagNode | PlatformNode;
  /** From 1. */
  readonly number: number;
  readonly layer: LayerSummary;
  /** Where its files are; absent where what it is in is no image. */
  readonly place?: ImagePlace;
}

/** The images of a repository that no tag names, where its registry lists them. */
export interface UntaggedNode {
  readonly kind: 'untagged';
  readonly id: string;
  readonly parent: RepositoryNode;
}

export interface UntaggedImageNode {
  readonly kind: 'untaggedImage';
  readonly id: string;
  readonly parent: UntaggedNode;
  readonly image: UntaggedImage;
  /** By its digest. */
  readonly reference: string;
}

/** The row that loads the next ones. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly parent: ParentNode;
  readonly shown: number;
  /** Absent when the registry does not tell. */
  readonly total: number | undefined;
}

/** The row that says that not all tags are read: they are being read, or can be. */
export interface PagesNode {
  readonly kind: 'pages';
  readonly id: string;
  readonly parent: RepositoryNode;
  readonly state: 'reading' | 'unread';
  readonly read: number;
  /** Absent when the registry does not tell. */
  readonly total: number | undefined;
}

/** The row that says of how many tags is not known what they are sorted or filtered by. */
export interface UnknownNode {
  readonly kind: 'unknown';
  readonly id: string;
  readonly parent: RepositoryNode;
  readonly count: number;
}

/** The row that asks for an image by its name, where a registry lists none. */
export interface OpenNode {
  readonly kind: 'open';
  readonly id: string;
  readonly parent: RegistryNode;
}

/** A sentence in the place of children: why there are none, and what to do. */
export interface NoticeNode {
  readonly kind: 'notice';
  readonly id: string;
  readonly parent: ParentNode;
  /** `partial`: what came before the error is shown, and reading can go on. */
  readonly severity: 'info' | 'error' | 'partial' | 'signIn' | 'trust';
  readonly message: string;
  /** What to ask about, of the severity `trust`. */
  readonly error?: RegistryError;
}

/** The row that offers the registries which other programs are logged in to. It stands last, and belongs to none. */
export interface OfferNode {
  readonly kind: 'offer';
  readonly id: 'offer';
  /** One at least. */
  readonly registries: readonly DiscoveredRegistry[];
}

export function registryNode(connection: ConnectionInfo, login?: CredentialSource): RegistryNode {
  return { kind: 'registry', id: `registry:${connection.id}`, connection, ...(login !== undefined && { login }) };
}

export function namespaceNode(
  parent: RegistryNode,
  name: string,
  isOwn: boolean,
  summary?: NamespaceSummary,
): NamespaceNode {
  const id = `${parent.id}|${name}/`;
  return { kind: 'namespace', id, parent, name, isOwn, ...(summary !== undefined && { summary }) };
}

export function repositoryNode(
  parent: RegistryNode | NamespaceNode,
  repository: RepositorySummary,
  isPinned = false,
): RepositoryNode {
  const { connection } = parent.kind === 'registry' ? parent : parent.parent;
  return { kind: 'repository', id: `${parent.id}|${repository.name}`, parent, connection, repository, isPinned };
}

export function tagNode(parent: RepositoryNode, tag: TagSummary): TagNode {
  const reference = `${parent.repository.reference}:${tag.name}`;
  return { kind: 'tag', id: `${parent.id}|:${tag.name}`, parent, connection: parent.connection, tag, reference };
}

export function platformNode(parent: TagNode, platform: string): PlatformNode {
  return { kind: 'platform', id: `${parent.id}|${platform}`, parent, platform };
}

export function layerNode(
  parent: TagNode | PlatformNode,
  layer: LayerSummary,
  number: number,
  place?: ImagePlace,
): LayerNode {
  const id = `${parent.id}|#${number}`;
  return { kind: 'layer', id, parent, number, layer, ...(place !== undefined && { place }) };
}

export function untaggedNode(parent: RepositoryNode): UntaggedNode {
  return { kind: 'untagged', id: `${parent.id}|!untagged`, parent };
}

export function untaggedImageNode(parent: UntaggedNode, image: UntaggedImage): UntaggedImageNode {
  const reference = `${parent.parent.repository.reference}@${image.digest}`;
  return { kind: 'untaggedImage', id: `${parent.id}|@${image.digest}`, parent, image, reference };
}

export function noticeNode(
  parent: ParentNode,
  severity: NoticeNode['severity'],
  message: string,
  error?: RegistryError,
): NoticeNode {
  const id = `${parent.id}|!${severity === 'info' ? message : severity}`;
  return { kind: 'notice', id, parent, severity, message, ...(error !== undefined && { error }) };
}

export function openNode(parent: RegistryNode): OpenNode {
  return { kind: 'open', id: `${parent.id}|!open`, parent };
}

export function offerNode(registries: readonly DiscoveredRegistry[]): OfferNode {
  return { kind: 'offer', id: 'offer', registries };
}

export function moreNode(parent: ParentNode, shown: number, total: number | undefined): MoreNode {
  return { kind: 'more', id: `${parent.id}|!more`, parent, shown, total };
}

/** The repository that a node lies in. */
export function repositoryOf(node: TreeNode): RepositoryNode | undefined {
  if (node.kind === 'repository') return node;
  return node.kind === 'registry' || node.kind === 'offer' ? undefined : repositoryOf(node.parent);
}

export function pagesNode(
  parent: RepositoryNode,
  state: PagesNode['state'],
  read: number,
  total: number | undefined,
): PagesNode {
  return { kind: 'pages', id: `${parent.id}|!${state}`, parent, state, read, total };
}

export function unknownNode(parent: RepositoryNode, count: number): UnknownNode {
  return { kind: 'unknown', id: `${parent.id}|!unknown`, parent, count };
}

/** Whether a node is another one, or below it. */
export function isWithin(id: string, node: { readonly id: string }): boolean {
  return id === node.id || id.startsWith(`${node.id}|`);
}

/** The connection that a node belongs to. */
export function connectionOf(node: Exclude<TreeNode, OfferNode>): ConnectionInfo {
  return node.kind === 'registry' || node.kind === 'repository' || node.kind === 'tag'
    ? node.connection
    : connectionOf(node.parent);
}

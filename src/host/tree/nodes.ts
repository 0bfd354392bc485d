import type { ConnectionInfo, RepositorySummary } from '../../api.ts';

/** What the tree shows: plain data, with ids that stay the same from one refresh to the next. */
export type TreeNode = RegistryNode | RepositoryNode | TagNode | MoreNode | NoticeNode;

export interface RegistryNode {
  readonly kind: 'registry';
  readonly id: string;
  readonly connection: ConnectionInfo;
}

export interface RepositoryNode {
  readonly kind: 'repository';
  readonly id: string;
  readonly parent: RegistryNode;
  readonly repository: RepositorySummary;
}

export interface TagNode {
  readonly kind: 'tag';
  readonly id: string;
  readonly parent: RepositoryNode;
  readonly name: string;
  /** Of the tag, in its shortest form. */
  readonly reference: string;
}

/** The row that loads the next ones. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly parent: RegistryNode | RepositoryNode;
  readonly shown: number;
  /** Absent when the registry does not tell. */
  readonly total: number | undefined;
}

/** A sentence in the place of children: why there are none, and what to do. */
export interface NoticeNode {
  readonly kind: 'notice';
  readonly id: string;
  readonly parent: RegistryNode | RepositoryNode;
  readonly severity: 'info' | 'error';
  readonly message: string;
}

export function registryNode(connection: ConnectionInfo): RegistryNode {
  return { kind: 'registry', id: `registry:${connection.id}`, connection };
}

export function repositoryNode(parent: RegistryNode, repository: RepositorySummary): RepositoryNode {
  return { kind: 'repository', id: `${parent.id}|${repository.name}`, parent, repository };
}

export function tagNode(parent: RepositoryNode, name: string): TagNode {
  return { kind: 'tag', id: `${parent.id}:${name}`, parent, name, reference: `${parent.repository.reference}:${name}` };
}

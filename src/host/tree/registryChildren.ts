import * as vscode from 'vscode';
import type { NamespaceSummary, RepositorySummary } from '../../api.ts';
import { repositoryReference } from '../../core/connectionUrl.ts';
import type { Services } from '../services.ts';
import {
  moreNode,
  type NamespaceNode,
  namespaceNode,
  noticeNode,
  type RegistryNode,
  type RepositoryNode,
  repositoryNode,
  type TreeNode,
} from './nodes.ts';

/** Repositories asked for at once. */
const pageSize = 1000;
/** With more repositories than this they are grouped by the first part of their names. */
const ungroupedAtMost = 40;

/** What was listed of a registry or of a namespace of its own. */
export interface RegistryListing {
  readonly namespaces: readonly NamespaceSummary[] | undefined;
  readonly repositories: readonly RepositorySummary[];
  readonly cursor: string | undefined;
  readonly total: number | undefined;
}

/** The next page of a listing, or its first. */
export async function listRegistry(
  { gantry }: Services,
  node: RegistryNode | NamespaceNode,
  before: RegistryListing | undefined,
  signal: AbortSignal,
): Promise<RegistryListing> {
  const { connection } = node.kind === 'registry' ? node : node.parent;
  const options = { signal, limit: pageSize, ...(before?.cursor !== undefined && { cursor: before.cursor }) };
  if (node.kind === 'registry') {
    const namespaces = await gantry.listNamespaces(connection.id, options);
    if (namespaces !== undefined) {
      const { items, cursor, total } = namespaces;
      return { namespaces: [...(before?.namespaces ?? []), ...items], repositories: [], cursor, total };
    }
  }
  const inNamespace = node.kind === 'namespace' ? { namespace: node.name } : {};
  const { items, cursor, total } = await gantry.listRepositories(connection.id, { ...options, ...inNamespace });
  return { namespaces: undefined, repositories: [...(before?.repositories ?? []), ...items], cursor, total };
}

/** Pinned repositories stand above all others, and not twice in one list. */
export function registryRows(
  node: RegistryNode | NamespaceNode,
  listing: RegistryListing,
  pinned: readonly RepositoryNode[],
): TreeNode[] {
  const { namespaces, cursor, total } = listing;
  const repositories = listing.repositories.filter(
    ({ name }) => !pinned.some(({ repository }) => repository.name === name),
  );
  const isEmpty = namespaces === undefined ? repositories.length === 0 : namespaces.length === 0;
  if (isEmpty && cursor === undefined) {
    if (pinned.length > 0) return [...pinned];
    const name = node.kind === 'registry' ? node.connection.label : node.name;
    return [noticeNode(node, 'info', vscode.l10n.t('No repositories yet. Push an image to {0} to see it here.', name))];
  }
  const rows: TreeNode[] =
    namespaces !== undefined && node.kind === 'registry'
      ? namespaces.map((namespace) => namespaceNode(node, namespace.name, true, namespace))
      : groupedRows(node, repositories, cursor !== undefined);
  if (cursor !== undefined) rows.push(moreNode(node, namespaces?.length ?? listing.repositories.length, total));
  return [...pinned, ...rows];
}

/** What the user keeps of a registry by name. */
export function pinnedRows({ pins }: Services, node: RegistryNode): readonly RepositoryNode[] {
  const { url } = node.connection;
  return pins.of(url).map((name) => repositoryNode(node, { name, reference: repositoryReference(url, name) }, true));
}

/** The rows of a group that was made of the registry's list. */
export function groupRows(node: NamespaceNode, listing: RegistryListing): TreeNode[] {
  return listing.repositories
    .filter(({ name }) => namespaceOf(name) === node.name)
    .map((repository) => repositoryNode(node, repository));
}

function groupedRows(
  node: RegistryNode | NamespaceNode,
  repositories: readonly RepositorySummary[],
  isCut: boolean,
): TreeNode[] {
  if (node.kind === 'namespace' || (repositories.length <= ungroupedAtMost && !isCut)) {
    return repositories.map((repository) => repositoryNode(node, repository));
  }
  const names = new Set(repositories.map(({ name }) => namespaceOf(name)).filter((name) => name !== undefined));
  const groups = [...names].sort().map((name) => namespaceNode(node, name, false));
  const single = repositories.filter(({ name }) => namespaceOf(name) === undefined);
  return [...groups, ...single.map((repository) => repositoryNode(node, repository))];
}

function namespaceOf(name: string): string | undefined {
  const slash = name.indexOf('/');
  return slash < 0 ? undefined : name.slice(0, slash);
}

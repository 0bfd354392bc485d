import * as vscode from 'vscode';
import type { ConnectionInfo, TagSummary } from '../../api.ts';
import type { RegistryAbility } from '../../core/abilities.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';
import { connectionOf, repositoryOf, type TreeNode } from '../tree/nodes.ts';

/** What a command was called with: a node of the tree, a reference as text, or nothing from the palette. */
export type Target = TreeNode | string | undefined;

/** What links pass: as a text, but with the messages of a menu. */
export interface ImageLink {
  readonly kind: 'link';
  readonly reference: string;
  readonly connectionId?: string;
}

/** An image, and where it was found. */
export interface ImageTarget {
  readonly reference: string;
  readonly connectionId?: string;
  readonly platform?: string;
  /** What the list told of its tag. */
  readonly tag?: TagSummary;
}

/** The image of a node or text; `undefined` for a node that is none. */
export function imageTarget(target: TreeNode | ImageLink | string): ImageTarget | undefined {
  if (typeof target === 'string') return { reference: target };
  if (target.kind === 'link') return linkTarget(target);
  if (target.kind === 'tag') {
    return { reference: target.reference, connectionId: target.connection.id, tag: target.tag };
  }
  if (target.kind === 'untaggedImage') return { reference: target.reference, connectionId: connectionOf(target).id };
  if (target.kind === 'platform') {
    const { reference, connection } = target.parent;
    return { reference, connectionId: connection.id, platform: target.platform };
  }
  return undefined;
}

function linkTarget({ reference, connectionId }: ImageLink): ImageTarget {
  return { reference, ...(connectionId !== undefined && { connectionId }) };
}

/** What is wrong with a reference that could be read, in words. */
export type ReferenceCheck = (reference: string) => string | undefined;

/** The image of a target; asks for its reference when there is none. */
export async function chooseImage(
  target: Target | ImageLink,
  title: string,
  check?: ReferenceCheck,
): Promise<ImageTarget | undefined> {
  const image = target === undefined ? undefined : imageTarget(target);
  if (image !== undefined) return image;
  const prompt = vscode.l10n.t('Reference of the image, such as nginx:1.27 or registry.example.com/team/app@sha256:…');
  const reference = await askReference({ title, prompt }, check);
  return reference === undefined ? undefined : { reference };
}

/** A reference that the user types or pastes. */
export async function askReference(
  words: { readonly title: string; readonly prompt: string; readonly value?: string },
  check?: ReferenceCheck,
): Promise<string | undefined> {
  const end = words.value?.length ?? 0;
  const text = await vscode.window.showInputBox({
    ...words,
    valueSelection: [end, end],
    placeHolder: 'registry.example.com/team/app:1.0',
    validateInput: (value) => referenceProblem(value, check),
  });
  return text === undefined || text.trim() === '' ? undefined : pastedReference(text);
}

/** The repository of a target; asks for its reference when there is none. */
export async function chooseRepository(
  target: Target,
  title: string,
  check?: ReferenceCheck,
): Promise<ImageTarget | undefined> {
  if (typeof target === 'string') return { reference: nameOf(target) };
  const node = target && repositoryOf(target);
  if (node !== undefined) return { reference: node.repository.reference, connectionId: node.connection.id };
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Reference of the repository, such as registry.example.com/team/app'),
    placeHolder: 'registry.example.com/team/app',
    validateInput: (value) => referenceProblem(value, check),
  });
  return text === undefined || text.trim() === '' ? undefined : { reference: nameOf(pastedReference(text)) };
}

/** Without a tag and a digest. */
function nameOf(reference: string): string {
  const { registry, repository } = parseReference(reference);
  return `${registry}/${repository}`;
}

/**
 * The images that a command is about: a context menu acts on the selection only when it was opened on a part of it.
 * `all` is what VS Code passes for a selection.
 */
export function imageTargets(
  target: Target | ImageLink | readonly string[],
  all: readonly TreeNode[],
): readonly ImageTarget[] {
  if (Array.isArray(target)) return (target as readonly string[]).map((reference) => ({ reference }));
  if (typeof target === 'string') return [{ reference: target }];
  const node = target as TreeNode | ImageLink | undefined;
  if (node?.kind === 'link') return [linkTarget(node)];
  const nodes = node === undefined || all.includes(node) ? all : [node];
  return nodes.flatMap((each) => imageTarget(each) ?? []);
}

/** The repositories that a command is about; as {@link imageTargets}, tags and images aside. */
export function repositoryTargets(
  target: Target | readonly string[],
  all: readonly TreeNode[],
): readonly ImageTarget[] {
  if (Array.isArray(target))
    return (target as readonly string[]).map((reference) => ({ reference: nameOf(reference) }));
  if (typeof target === 'string') return [{ reference: nameOf(target) }];
  const node = target as TreeNode | undefined;
  const nodes = node === undefined || all.includes(node) ? all : [node];
  return nodes.flatMap((each) =>
    each.kind === 'repository' ? [{ reference: each.repository.reference, connectionId: each.connection.id }] : [],
  );
}

export async function chooseConnection(
  services: Services,
  target: Target,
  isOffered: (connection: ConnectionInfo) => boolean = () => true,
): Promise<ConnectionInfo | undefined> {
  const all = services.gantry.connections();
  if (typeof target === 'string') return all.find(({ id }) => id === target);
  if (target !== undefined && target.kind !== 'offer') return connectionOf(target);
  return pickAmong(all.filter(isOffered));
}

/** Where there is none, that is said. */
async function pickAmong(all: readonly ConnectionInfo[]): Promise<ConnectionInfo | undefined> {
  if (all.length > 0) return pickConnection(all);
  void vscode.window.showInformationMessage(vscode.l10n.t('There is no registry for which that would do anything.'));
  return undefined;
}

async function pickConnection(all: readonly ConnectionInfo[]): Promise<ConnectionInfo | undefined> {
  const items = all.map((connection) => ({ label: connection.label, description: connection.url, connection }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which registry?') });
  return chosen?.connection;
}

/** The registry of a target; else one of those that can do what is wanted. */
export async function chooseAbleConnection(
  services: Services,
  target: Target,
  ability: RegistryAbility,
): Promise<ConnectionInfo | undefined> {
  if (target !== undefined) return chooseConnection(services, target);
  const all = services.gantry.connections();
  const abilities = await Promise.all(all.map(({ id }) => services.gantry.registryAbilities(id)));
  const able = all.filter((_, index) => abilities[index]?.has(ability));
  if (able.length === 0)
    void vscode.window.showInformationMessage(vscode.l10n.t('None of your registries lets Gantry do that.'));
  return able.length === 0 ? undefined : pickConnection(able);
}

function referenceProblem(value: string, check: ReferenceCheck = () => undefined): string | undefined {
  if (value.trim() === '') return undefined;
  try {
    return check(parseReference(pastedReference(value)).canonical);
  } catch (error) {
    return errorMessage(error);
  }
}

/** People paste what `skopeo` and browsers show: a scheme is no part of a reference. */
function pastedReference(text: string): string {
  return text.trim().replace(/^(?:https?|docker|oci):\/\//, '');
}

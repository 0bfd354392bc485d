import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';
import { connectionOf, type TreeNode } from '../tree/nodes.ts';

/** What a command was called with: a node of the tree, a reference as text, or nothing from the palette. */
export type Target = TreeNode | string | undefined;

/** An image, and where it was found. */
export interface ImageTarget {
  readonly reference: string;
  readonly connectionId?: string;
  readonly platform?: string;
}

/** The image of a node or text; `undefined` for a node that is none. */
export function imageTarget(target: TreeNode | string): ImageTarget | undefined {
  if (typeof target === 'string') return { reference: target };
  if (target.kind === 'tag') return { reference: target.reference, connectionId: target.connection.id };
  if (target.kind === 'platform') {
    const { reference, connection } = target.parent;
    return { reference, connectionId: connection.id, platform: target.platform };
  }
  return undefined;
}

/** The image of a target; asks for its reference when there is none. */
export async function chooseImage(target: Target, title: string): Promise<ImageTarget | undefined> {
  const image = target === undefined ? undefined : imageTarget(target);
  if (image !== undefined) return image;
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Reference of the image, such as nginx:1.27 or registry.example.com/team/app@sha256:…'),
    placeHolder: 'registry.example.com/team/app:1.0',
    validateInput: (value) => (value.trim() === '' ? undefined : referenceProblem(value)),
  });
  return text === undefined || text.trim() === '' ? undefined : { reference: pastedReference(text) };
}

/**
 * The images that a command is about: a context menu acts on the selection only when it was opened on a part of it.
 * `all` is what VS Code passes for a selection.
 */
export function imageTargets(target: Target | readonly string[], all: readonly TreeNode[]): readonly ImageTarget[] {
  if (Array.isArray(target)) return (target as readonly string[]).map((reference) => ({ reference }));
  if (typeof target === 'string') return [{ reference: target }];
  const node = target as TreeNode | undefined;
  const nodes = node === undefined || all.includes(node) ? all : [node];
  return nodes.flatMap((each) => imageTarget(each) ?? []);
}

export async function chooseConnection(services: Services, target: Target): Promise<ConnectionInfo | undefined> {
  const all = services.gantry.connections();
  if (typeof target === 'string') return all.find(({ id }) => id === target);
  if (target !== undefined) return connectionOf(target);
  const items = all.map((connection) => ({ label: connection.label, description: connection.url, connection }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which registry?') });
  return chosen?.connection;
}

function referenceProblem(value: string): string | undefined {
  try {
    parseReference(pastedReference(value));
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** People paste what `skopeo` and browsers show: a scheme is no part of a reference. */
function pastedReference(text: string): string {
  return text.trim().replace(/^(?:https?|docker|oci):\/\//, '');
}

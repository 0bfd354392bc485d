import type { AddConnectionOptions, ConnectionInfo, ImageReference } from '../../api.ts';
import { localKind, takesPushes } from '../../core/adapters/kinds.ts';
import { commandIds } from '../ids.ts';
import type { Services } from '../services.ts';
import {
  connectionOf,
  type NoticeNode,
  type OfferNode,
  type RepositoryNode,
  registryNode,
  type TreeNode,
} from '../tree/nodes.ts';
import { addDiscovered, tellFailures } from './addDiscovered.ts';
import { addRegistry } from './addRegistry.ts';
import { chooseKind } from './chooseKind.ts';
import { chooseLogin } from './chooseLogin.ts';
import type { Views } from './commands.ts';
import { signIn, signOut, testRegistry } from './login.ts';
import { askPin } from './pinRepository.ts';
import { removeRegistry } from './removeRegistry.ts';
import { chooseConnection, type Target } from './targets.ts';
import { askTrust } from './trust.ts';

/** Commands of registries: how they come, log in and go, and what is kept of them. */
export function createRegistryCommands(services: Services, { tree, treeView, imagePanels, offer }: Views) {
  const { gantry } = services;

  /** With another account it is another connection, with a row of its own. */
  async function openRow(connection: ConnectionInfo): Promise<void> {
    await treeView.reveal(registryNode(connection), { select: true, focus: true, expand: true });
  }

  /** The image that was named when its registry was added. What the registry does not list is kept by its name. */
  async function showAdded(connection: ConnectionInfo, image: ImageReference): Promise<void> {
    if (image.tag !== undefined || image.digest !== undefined) {
      const shown = { reference: image.familiar, connectionId: connection.id };
      (await imagePanels()).show(shown, { preserveFocus: true });
    }
    await openRow(connection);
    if (localKind(connection.url) !== undefined || (await reveal(image, connection))) return;
    await services.pins.add(connection.url, image.repository);
    tree.redraw(registryNode(connection));
    await reveal(image, connection);
  }

  async function setReadOnly(target: Target, isReadOnly: boolean): Promise<ConnectionInfo | undefined> {
    const isOffered = ({ adapterId, readOnly = false }: ConnectionInfo): boolean =>
      readOnly !== isReadOnly && (readOnly || takesPushes(adapterId));
    const connection = await chooseConnection(services, target, isOffered);
    const changed = connection && (await gantry.setReadOnly(connection.id, isReadOnly));
    if (changed !== undefined) tree.refresh(registryNode(changed));
    return changed;
  }

  async function addAndShow(typed?: string): Promise<ConnectionInfo | undefined> {
    const added = await addRegistry(services, typed);
    if (added === undefined) return undefined;
    if (added.reference === undefined) await openRow(added.connection);
    else await showAdded(added.connection, gantry.parseReference(added.reference));
    return added.connection;
  }

  async function reveal(image: ImageReference, connection: ConnectionInfo): Promise<boolean> {
    const node = await tree.find(image, connection.id);
    if (node !== undefined) await treeView.reveal(node, { select: true, focus: true, expand: node.kind !== 'tag' });
    return node !== undefined;
  }

  return {
    [commandIds.addRegistry]: (options?: AddConnectionOptions) =>
      options?.url === undefined ? addAndShow() : gantry.addConnection(options),
    [commandIds.addDiscovered]: async (node?: OfferNode) => {
      const added = await addDiscovered(services, offer, { isRepeated: node === undefined });
      const [first] = added?.connections ?? [];
      if (first !== undefined) await treeView.reveal(registryNode(first), { select: true, focus: true });
      const wanted = added && (await tellFailures(added));
      const explained = wanted && (await addAndShow(wanted.url));
      return [...(added?.connections ?? []), ...(explained === undefined ? [] : [explained])];
    },
    [commandIds.dismissDiscovered]: ({ registries }: OfferNode) => offer.answered(registries),
    [commandIds.pinRepository]: async (target: Target) => {
      if (target !== undefined && typeof target !== 'string' && target.kind === 'repository') {
        await services.pins.add(target.connection.url, target.repository.name);
        tree.redraw(registryNode(target.connection));
        return target.repository.reference;
      }
      const connection = await chooseConnection(services, target);
      if (connection === undefined) return undefined;
      const image = await askPin(services, connection);
      if (image === undefined) return undefined;
      tree.redraw(registryNode(connection));
      await reveal(image, connection);
      return image.familiar;
    },
    [commandIds.unpinRepository]: async ({ connection, repository }: RepositoryNode) => {
      await services.pins.remove(connection.url, repository.name);
      tree.redraw(registryNode(connection));
    },
    [commandIds.removeRegistry]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      return connection === undefined ? false : removeRegistry(services, connection);
    },
    [commandIds.signIn]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      if (connection === undefined) return undefined;
      const signedIn = await signIn(services, connection);
      if (signedIn.kind !== 'done') return undefined;
      tree.refresh(registryNode(signedIn.value));
      await openRow(signedIn.value);
      return signedIn.value;
    },
    [commandIds.signOut]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      const isSignedOut = connection !== undefined && (await signOut(services, connection));
      // Where the account is a part of its identity, its row has gone, and all that was read with it.
      const isStill = isSignedOut && gantry.connections().some(({ id }) => id === connection.id);
      if (isStill) tree.refresh(registryNode(connection));
      return isSignedOut;
    },
    [commandIds.chooseLogin]: async (target: Target, source?: string | readonly TreeNode[]) => {
      if (typeof target === 'string' && typeof source === 'string') return gantry.chooseLogin(target, source);
      const connection = await chooseConnection(services, target);
      const chosen = connection && (await chooseLogin(services, connection));
      if (chosen === undefined) return undefined;
      tree.refresh(registryNode(chosen));
      await openRow(chosen);
      return chosen;
    },
    [commandIds.chooseKind]: async (target: Target, kind?: string | readonly TreeNode[]) => {
      if (typeof target === 'string' && typeof kind === 'string') return gantry.setKind(target, kind);
      const connection = await chooseConnection(services, target);
      const changed = connection && (await chooseKind(services, connection));
      if (changed !== undefined) tree.refresh(registryNode(changed));
      return changed;
    },
    [commandIds.testRegistry]: async (target: Target) => {
      const connection = await chooseConnection(services, target);
      if (connection === undefined || !(await testRegistry(services, connection))) return false;
      // What has failed before need not fail now.
      tree.refresh(registryNode(connection));
      return true;
    },
    [commandIds.trustRealm]: async (target: NoticeNode | string, realm?: string) => {
      if (typeof target === 'string') return gantry.trustRealm(target, realm ?? '');
      const { error } = target;
      if (error !== undefined && (await askTrust(services, connectionOf(target), error))) tree.refresh(target);
    },
    [commandIds.makeReadOnly]: (target: Target) => setReadOnly(target, true),
    [commandIds.allowChanges]: (target: Target) => setReadOnly(target, false),
  };
}

import { type Connection, Connections } from '../../src/core/connections.ts';
import type { Gantry } from '../../src/core/gantry.ts';
import { createLazyGantry } from '../../src/core/lazyGantry.ts';
import { LoginOffer } from '../../src/core/loginOffer.ts';
import type { TreeNode } from '../../src/host/tree/nodes.ts';
import { RegistriesTree } from '../../src/host/tree/registriesTree.ts';
import { TagView } from '../../src/host/tree/tagView.ts';
import { fakePorts } from '../support/fakePorts.ts';
import { hostServices } from './hostServices.ts';

const url = 'https://one.example';
export const connection: Connection = { id: url, url, label: 'One', adapterId: 'oci', origin: 'added' };

/** What VS Code was told to draw anew. */
export type Change = TreeNode | TreeNode[] | undefined;

/** A tree of one registry, which answers what is given here and nothing else. */
export function openTree(answers: Partial<Gantry>): {
  readonly tree: RegistriesTree;
  readonly view: TagView;
  readonly gantry: Gantry;
  readonly connections: Connections;
  /** So far. */
  readonly changes: readonly Change[];
  readonly nextChange: (isWanted?: (change: Change) => boolean) => Promise<Change>;
} {
  const ports = fakePorts();
  const connections = new Connections({
    state: ports.state,
    secrets: ports.secrets,
    configured: () => [{ ...connection, origin: 'settings' }],
  });
  const gantry: Gantry = {
    ...createLazyGantry(connections, () => Promise.reject(new Error('Nothing else is asked.'))),
    listNamespaces: async () => undefined,
    ...answers,
  };
  const view = new TagView(ports.state);
  const tree = new RegistriesTree(hostServices(gantry, connections, ports), {
    offer: new LoginOffer(gantry, connections),
    tagView: view,
  });
  const changes: Change[] = [];
  tree.onDidChangeTreeData((change) => changes.push(change));
  return {
    tree,
    view,
    gantry,
    connections,
    changes,
    nextChange: (isWanted = () => true) =>
      new Promise((resolve) => {
        const subscription = tree.onDidChangeTreeData((change) => {
          if (!isWanted(change)) return;
          subscription.dispose();
          resolve(change);
        });
      }),
  };
}

import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import type { LoginOffer } from '../../core/loginOffer.ts';
import type { DiscoveredRegistry } from '../../core/useCases/discovery.ts';
import { loginProgram } from '../loginWords.ts';
import { machineName } from '../machineName.ts';
import { errorMessage, isCancelled } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';

interface DiscoveredItem extends vscode.QuickPickItem {
  readonly registry: DiscoveredRegistry;
}

export interface AddedFromLogins {
  readonly connections: readonly ConnectionInfo[];
  /** What could not be added, and stays offered. */
  readonly failed: readonly { readonly registry: DiscoveredRegistry; readonly error: unknown }[];
}

/**
 * Lets the user choose among the registries that docker and podman have a login for, and adds those with the logins as they
 * are. `undefined` when nothing was decided. `isRepeated` shows also what was offered before.
 */
export async function addDiscovered(
  services: Services,
  offer: LoginOffer,
  { isRepeated }: { readonly isRepeated: boolean },
): Promise<AddedFromLogins | undefined> {
  const found = await services.gantry.discoverRegistries({ isRepeated });
  if (found.length === 0) {
    await offer.answered([]);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Docker and Podman on {0} have no login for a registry that is not here.', machineName()),
    );
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(found.map(discoveredItem), {
    title: vscode.l10n.t('Add Registries with Logins'),
    placeHolder: vscode.l10n.t('Docker and Podman on {0} have these logins', machineName()),
    canPickMany: true,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  const added = await addAll(
    services,
    chosen.map(({ registry }) => registry),
  );
  const failed = new Set(added.failed.map(({ registry }) => registry));
  await offer.answered(found.filter((registry) => !failed.has(registry)));
  return added;
}

/** Of a helper that was not asked nobody knows whether it has a login. */
function discoveredItem(registry: DiscoveredRegistry): DiscoveredItem {
  const { registry: host, path, account, helper } = registry;
  const program = loginProgram(registry);
  return {
    label: host + path,
    description: account === undefined ? program : `${account} · ${program}`,
    picked: helper === undefined,
    registry,
  };
}

/** They are servers of their own, and none waits for another. */
async function addAll({ gantry }: Services, registries: readonly DiscoveredRegistry[]): Promise<AddedFromLogins> {
  const connections: ConnectionInfo[] = [];
  const failed: { readonly registry: DiscoveredRegistry; readonly error: unknown }[] = [];
  await withProgress(vscode.l10n.t('Adding registries…'), (signal) =>
    Promise.all(
      registries.map(async (registry) => {
        try {
          connections.push(await gantry.addConnection({ url: registry.url, signal }));
        } catch (error) {
          failed.push({ registry, error });
        }
      }),
    ),
  );
  return { connections, failed };
}

/** Says what could not be added; resolves with whether the user wants to try the first of these by itself. */
export async function tellFailures({ failed, connections }: AddedFromLogins): Promise<DiscoveredRegistry | undefined> {
  const [first] = failed.filter(({ error }) => !isCancelled(error));
  if (first === undefined) return undefined;
  const total = failed.length + connections.length;
  const reason = errorMessage(first.error);
  const message =
    failed.length === 1
      ? reason
      : vscode.l10n.t('{0} of {1} registries could not be added. {2}', failed.length, total, reason);
  const explain = vscode.l10n.t('Add {0}…', first.registry.registry);
  return (await vscode.window.showWarningMessage(message, explain)) === explain ? first.registry : undefined;
}

import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { askingForTrust } from './trust.ts';

interface KindItem extends vscode.QuickPickItem {
  /** Absent: what its host and its answers say. */
  readonly id?: string;
}

/** Asks which kind of registry this is, tries it, and keeps it. `undefined` when nothing was chosen. */
export async function chooseKind(services: Services, connection: ConnectionInfo): Promise<ConnectionInfo | undefined> {
  const { gantry } = services;
  const kinds = await gantry.registryKinds();
  const items: readonly KindItem[] = [
    { label: vscode.l10n.t('Detect'), detail: vscode.l10n.t('By its host, and by what it answers') },
    ...kinds.map(({ id, label }) => ({
      id,
      label,
      ...(id === connection.adapterId && { description: vscode.l10n.t('chosen now') }),
    })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Kind of Registry: {0}', connection.label),
    placeHolder: vscode.l10n.t('Decides which API Gantry asks, and what it offers'),
  });
  if (chosen === undefined) return undefined;
  return askingForTrust(services, connection, () =>
    withProgress(vscode.l10n.t('Connecting to {0}…', connection.label), (signal) =>
      gantry.setKind(connection.id, chosen.id, { signal }),
    ),
  );
}

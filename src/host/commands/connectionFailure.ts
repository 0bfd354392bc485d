import * as vscode from 'vscode';
import { isRegistryError, type RegistryError } from '../../core/errors.ts';
import { commandIds } from '../ids.ts';
import { logError } from '../log.ts';
import { errorMessage, headline, isCancelled } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { Draft } from './addRegistry.ts';
import { certificateActions, certificateDetail } from './certificateFailure.ts';
import { trustLabel } from './trust.ts';

/** A way on from a failure. */
export interface FailureAction {
  readonly label: string;
  /** Resolves with the draft to try; without one, the failure is shown again, or the address. */
  run(): Promise<Draft | undefined>;
  readonly endsHere?: boolean;
}

/**
 * Says why a registry could not be added, with what can be done about it. Resolves with what to try next; `undefined` leads
 * back to the address, which stands as it was typed.
 */
export async function explainFailure(services: Services, draft: Draft, error: unknown): Promise<Draft | undefined> {
  logError(services.log, `Adding ${draft.address.url}`, error);
  const actions = await failureActions(services, draft, error);
  const { message, detail: more } = headline(errorMessage(error));
  const certificate = isRegistryError(error) ? certificateDetail(error) : undefined;
  const detail = [more, certificate].filter((part) => part !== undefined && part !== '').join('\n\n');
  const items = actions.map((action) => ({ title: action.label, action }));
  const showLog = { title: vscode.l10n.t('Show Log') };
  const edit = { title: vscode.l10n.t('Edit Address'), isCloseAffordance: true };
  for (;;) {
    const chosen = await vscode.window.showErrorMessage(message, { modal: true, detail }, ...[...items, showLog, edit]);
    if (chosen === showLog) {
      await vscode.commands.executeCommand(commandIds.showLog);
      return undefined;
    }
    const action = items.find((item) => item === chosen)?.action;
    const next = await action?.run();
    if (next !== undefined || action === undefined || action.endsHere) return next;
  }
}

async function failureActions(services: Services, draft: Draft, error: unknown): Promise<readonly FailureAction[]> {
  const again: FailureAction = { label: vscode.l10n.t('Try Again'), run: async () => draft };
  if (!isRegistryError(error)) return [again];
  const certificate = certificateActions(draft, error);
  if (certificate.length > 0) return certificate;
  if (error.code === 'proxy') return [again, openSetting('http.proxy')];
  if (error.code === 'untrusted-realm') return trustActions(draft, error);
  const plain = await plainHttpActions(services, draft, error);
  // Enter chooses the first button: it must not be the one that leaves encryption out.
  return error.code === 'invalid' || error.code === 'not-found' ? plain : [again, ...plain];
}

/** Offered by its name, and never done unasked: what goes over http can be read and changed on the way. */
async function plainHttpActions(
  services: Services,
  draft: Draft,
  { code }: RegistryError,
): Promise<readonly FailureAction[]> {
  const { address } = draft;
  const plain = address.url.replace(/^https:/, 'http:');
  if (plain === address.url || !['tls', 'unreachable', 'protocol'].includes(code)) return [];
  try {
    const { host } = new URL(plain);
    const title = vscode.l10n.t('Asking {0} without encryption…', host);
    if (!(await withProgress(title, (signal) => services.gantry.probe(plain, { signal })))) return [];
  } catch (error) {
    if (isCancelled(error)) return [];
    throw error;
  }
  return [
    {
      label: vscode.l10n.t('Use {0}', plain),
      run: async () => ({ ...draft, address: { ...address, url: plain } }),
    },
  ];
}

/** The user's word that a token server belongs to the registry; it counts for this registry only. */
function trustActions(draft: Draft, { realm }: RegistryError): readonly FailureAction[] {
  if (realm === undefined) return [];
  const { options } = draft;
  const trustedRealms = [...(options.trustedRealms ?? []), realm];
  return [{ label: trustLabel(realm), run: async () => ({ ...draft, options: { ...options, trustedRealms } }) }];
}

function openSetting(id: string): FailureAction {
  return {
    label: vscode.l10n.t('Open Setting'),
    endsHere: true,
    run: async () => {
      await vscode.commands.executeCommand('workbench.action.openSettings', id);
      return undefined;
    },
  };
}

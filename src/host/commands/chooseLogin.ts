import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { localKind } from '../../core/adapters/kinds.ts';
import type { LoginChoices } from '../../core/connectionLogins.ts';
import { anonymousSourceId, type CredentialSource } from '../../core/credential.ts';
import { isRegistryError } from '../../core/errors.ts';
import { expiryText, sourceName, sourcePlace } from '../loginWords.ts';
import { isCancelled, showError } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { signIn } from './login.ts';
import { runStep } from './steps.ts';
import { askingForTrust } from './trust.ts';

/** What a row of the list stands for: a source by its id, or another account. */
interface LoginItem extends vscode.QuickPickItem {
  readonly choice: { readonly source: string } | 'another';
}

/** Lets the user choose what a connection logs in with. A choice is tried before it is kept. */
export async function chooseLogin(services: Services, connection: ConnectionInfo): Promise<ConnectionInfo | undefined> {
  if (localKind(connection.url) !== undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is on this machine and takes no login.', connection.label),
    );
    return undefined;
  }
  for (;;) {
    const choice = await askChoice(services, connection);
    if (choice === undefined) return undefined;
    if (choice === 'another') {
      const signedIn = await signIn(services, connection, { isAnother: true });
      if (signedIn.kind === 'back') continue;
      return signedIn.kind === 'done' ? signedIn.value : undefined;
    }
    try {
      return await useLogin(services, connection, choice.source);
    } catch (error) {
      const another = vscode.l10n.t('Choose Another Login');
      if (isCancelled(error)) return undefined;
      if (!(await showError(services.log, `Login of ${connection.url}`, error, another))) return undefined;
    }
  }
}

/** `undefined` when the user has thought better of it. */
async function useLogin(
  services: Services,
  connection: ConnectionInfo,
  source: string,
): Promise<ConnectionInfo | undefined> {
  const { host } = new URL(connection.url);
  const use = (isUntested: boolean): Promise<ConnectionInfo | undefined> =>
    askingForTrust(services, connection, () =>
      withProgress(vscode.l10n.t('Asking {0}…', host), (signal) =>
        services.gantry.chooseLogin(connection.id, source, { signal, isUntested }),
      ),
    );
  try {
    return await use(false);
  } catch (error) {
    if (source !== anonymousSourceId || !isRegistryError(error, 'unauthorized', 'denied')) throw error;
    const anyway = vscode.l10n.t('Use No Login');
    const message = vscode.l10n.t('{0} shows nothing by itself without a login.', host);
    const detail = vscode.l10n.t('Its public images, if it has any, can still be opened by name.');
    const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, anyway);
    return chosen === anyway ? use(true) : undefined;
  }
}

async function askChoice({ gantry }: Services, connection: ConnectionInfo): Promise<LoginItem['choice'] | undefined> {
  const pick = vscode.window.createQuickPick<LoginItem>();
  pick.title = vscode.l10n.t('Login for {0}', new URL(connection.url).host);
  pick.placeholder = vscode.l10n.t('Looking for logins on this machine…');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  const controller = new AbortController();
  let loading: unknown;
  const fill = gantry.loginChoices(connection.id, { signal: controller.signal }).then(
    (choices) => {
      pick.items = itemsOf(choices);
      pick.activeItems = pick.items.filter(({ choice }) => choice !== 'another' && choice.source === choices.current);
      pick.placeholder = vscode.l10n.t('It is tried before it is kept');
      pick.busy = false;
    },
    (error: unknown) => {
      loading = error;
      pick.hide();
    },
  );
  const end = await runStep(pick, { accept: async () => pick.selectedItems[0]?.choice });
  controller.abort();
  await fill;
  if (loading !== undefined && !isCancelled(loading)) throw loading;
  return end.kind === 'done' ? end.value : undefined;
}

function itemsOf({ sources, current }: LoginChoices): readonly LoginItem[] {
  return [
    ...sources.map((source) => sourceItem(source, source.id === current)),
    ...(sources.length === 0 ? [] : [separator]),
    {
      label: `$(add) ${vscode.l10n.t('Sign in with another account…')}`,
      choice: 'another' as const,
    },
    {
      label: withMark(vscode.l10n.t('Anonymous'), current === anonymousSourceId, 'circle-slash'),
      description: present([vscode.l10n.t('no login'), inUse(current === anonymousSourceId)]),
      choice: { source: anonymousSourceId },
    },
  ];
}

const separator: LoginItem = { label: '', kind: vscode.QuickPickItemKind.Separator, choice: 'another' };

function sourceItem(source: CredentialSource, isCurrent: boolean): LoginItem {
  const { id, account, expiresAt, problem, needsSignIn } = source;
  const name =
    needsSignIn === true ? vscode.l10n.t('Sign in with {0}…', source.label) : (account ?? sourceName(source));
  return {
    label: withMark(name, isCurrent, needsSignIn === true ? 'sign-in' : problem === undefined ? 'account' : 'warning'),
    description: present([
      name === sourceName(source) ? undefined : sourceName(source),
      expiresAt === undefined ? undefined : expiryText(expiresAt),
      inUse(isCurrent),
    ]),
    detail: problem ?? sourcePlace(source),
    choice: { source: id },
  };
}

function inUse(isCurrent: boolean): string | undefined {
  return isCurrent ? vscode.l10n.t('in use') : undefined;
}

function withMark(name: string, isCurrent: boolean, icon: string): string {
  return `$(${isCurrent ? 'check' : icon}) ${name}`;
}

function present(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

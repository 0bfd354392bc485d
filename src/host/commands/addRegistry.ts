import * as vscode from 'vscode';
import type { AddConnectionOptions, ConnectionInfo } from '../../api.ts';
import { parseConnectionUrl } from '../../core/connectionUrl.ts';
import { isRegistryError } from '../../core/errors.ts';
import { withSignal } from '../cancellation.ts';
import { errorMessage, showError } from '../present.ts';
import type { Services } from '../services.ts';

/**
 * Asks for an address, tries it, and asks for a login only when the registry wants one. What was typed stays until it
 * works or is given up; nothing is stored before the registry has answered.
 */
export async function addRegistry(
  services: Services,
  options?: Partial<AddConnectionOptions>,
): Promise<ConnectionInfo | undefined> {
  let url = options?.url ?? (await askUrl(''));
  let login =
    options?.username === undefined || options.password === undefined
      ? undefined
      : { username: options.username, password: options.password };

  while (url !== undefined) {
    try {
      return await tryConnection(services, { ...options, url, ...login });
    } catch (error) {
      if (isRegistryError(error, 'unauthorized', 'denied')) {
        login = await askLogin(url, login === undefined ? undefined : errorMessage(error));
        if (login === undefined) return undefined;
        continue;
      }
      const isAnotherTry = await showError(services.log, `Adding ${url}`, error, vscode.l10n.t('Edit Address'));
      url = isAnotherTry ? await askUrl(url) : undefined;
    }
  }
  return undefined;
}

function tryConnection(services: Services, options: AddConnectionOptions): Promise<ConnectionInfo> {
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Connecting to {0}…', options.url),
    cancellable: true,
  };
  return Promise.resolve(
    vscode.window.withProgress(progress, (_, token) =>
      withSignal(token, (signal) => services.gantry.addConnection({ ...options, signal })),
    ),
  );
}

function askUrl(value: string): Promise<string | undefined> {
  return Promise.resolve(
    vscode.window.showInputBox({
      title: vscode.l10n.t('Add Registry'),
      prompt: vscode.l10n.t(
        'Address of the registry. Without http:// or https:// it is https, or http on this machine.',
      ),
      placeHolder: 'registry.example.com',
      value,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? undefined : validationMessage(text)),
    }),
  ).then((text) => (text?.trim() === '' ? undefined : text?.trim()));
}

function validationMessage(text: string): string | undefined {
  try {
    parseConnectionUrl(text);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

async function askLogin(
  url: string,
  refusal: string | undefined,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const title = vscode.l10n.t('Sign In to {0}', new URL(parseConnectionUrl(url)).host);
  const username = await vscode.window.showInputBox({
    title,
    prompt: refusal ?? vscode.l10n.t('The registry wants a login. User name:'),
    ignoreFocusOut: true,
  });
  if (username === undefined || username === '') return undefined;
  const password = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Password or access token of {0}. It is kept in the secret storage of VS Code.', username),
    password: true,
    ignoreFocusOut: true,
  });
  return password === undefined ? undefined : { username, password };
}

import * as vscode from 'vscode';
import type { AddConnectionOptions, ConnectionInfo } from '../../api.ts';
import { parseConnectionUrl } from '../../core/connectionUrl.ts';
import { isRegistryError } from '../../core/errors.ts';
import { errorMessage, showError } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { askLogin, type Login } from './login.ts';

/**
 * Asks for an address, tries it, and asks for a login only when the registry wants one. What was typed stays until it
 * works or is given up; nothing is stored before the registry has answered.
 */
export async function addRegistry(services: Services): Promise<ConnectionInfo | undefined> {
  let url = await askUrl('');
  let login: Login | undefined;
  while (url !== undefined) {
    const options: AddConnectionOptions = { url, ...login };
    try {
      return await withProgress(vscode.l10n.t('Connecting to {0}…', url), (signal) =>
        services.gantry.addConnection({ ...options, signal }),
      );
    } catch (error) {
      if (isRegistryError(error, 'unauthorized', 'denied')) {
        const refusal =
          login === undefined ? vscode.l10n.t('The registry wants a login. User name:') : errorMessage(error);
        login = await askLogin(new URL(parseConnectionUrl(url)).host, refusal, login?.username);
        if (login === undefined) return undefined;
        continue;
      }
      const isAnotherTry = await showError(services.log, `Adding ${url}`, error, vscode.l10n.t('Edit Address'));
      url = isAnotherTry ? await askUrl(url) : undefined;
    }
  }
  return undefined;
}

async function askUrl(value: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Registry'),
    prompt: vscode.l10n.t('Address of the registry. Without http:// or https:// it is https, or http on this machine.'),
    placeHolder: 'registry.example.com',
    value,
    ignoreFocusOut: true,
    validateInput: (input) => (input.trim() === '' ? undefined : addressProblem(input)),
  });
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function addressProblem(input: string): string | undefined {
  try {
    parseConnectionUrl(input);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

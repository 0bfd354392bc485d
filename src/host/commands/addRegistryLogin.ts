import * as vscode from 'vscode';
import type { SignInField } from '../../api.ts';
import { kindOfUrl } from '../../core/adapters/kinds.ts';
import { anonymousSourceId } from '../../core/credential.ts';
import { isRegistryError } from '../../core/errors.ts';
import { machineName } from '../machineName.ts';
import { errorMessage } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Attempt, Draft, Outcome } from './addRegistry.ts';
import { runStep, type StepEnd } from './steps.ts';

/** Opens the page of a vendor on which a token is made. */
const openPage: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('link-external'),
  tooltip: vscode.l10n.t('Where to get one'),
};

/**
 * Asks for what the kind of registry calls a login, and tries it. A wrong one is said in the box where it was typed; from
 * the password Back leads to the user name, and from there to where this was called.
 */
export async function askLoginFor(draft: Draft, attempt: Attempt): Promise<StepEnd<Outcome>> {
  const { address, options } = draft;
  const { credentialSource: _source, ...withoutSource } = options;
  const { host } = new URL(address.url);
  const fields = kindOfUrl(address.url).signIn ?? [];
  const nameField = fields.find(({ part }) => part === 'username');
  const passwordField = fields.find(({ part }) => part === 'password');
  const fixedName = nameField?.value;
  const title = vscode.l10n.t('Sign In to {0}', host);
  let username = fixedName ?? options.username ?? address.username ?? '';
  let password = options.password ?? '';
  for (;;) {
    if (fixedName === undefined) {
      const name = await askUsername(title, host, nameField, username);
      if (name.kind !== 'done') return name;
      if (name.value === '') return tryAnonymously();
      username = name.value;
    }
    const end = await askPassword();
    if (end.kind !== 'back' || fixedName !== undefined) return end;
  }

  async function tryAnonymously(): Promise<StepEnd<Outcome>> {
    const anonymous = { ...draft, options: { ...options, credentialSource: anonymousSourceId } };
    const outcome = await withProgress(vscode.l10n.t('Asking {0}…', host), (signal) => attempt(anonymous, signal));
    return outcome === undefined ? { kind: 'back' } : { kind: 'done', value: outcome };
  }

  function askPassword(): Promise<StepEnd<Outcome>> {
    const label = passwordField?.label ?? vscode.l10n.t('Password or access token');
    const box = createBox(
      fixedName === undefined ? title : `${title} (${fixedName})`,
      vscode.l10n.t('{0} of {1}. It is kept in the secret storage of VS Code.', label, username),
      passwordField,
    );
    if (fixedName === undefined) box.step = 2;
    box.password = true;
    box.placeholder = label;
    box.value = password;
    return runStep(box, {
      ...boxEvents(box, passwordField),
      accept: async (signal) => {
        password = box.value;
        if (password === '') {
          box.validationMessage = vscode.l10n.t('Type the password or token.');
          return undefined;
        }
        box.validationMessage = {
          message: vscode.l10n.t('Asking {0}…', host),
          severity: vscode.InputBoxValidationSeverity.Info,
        };
        const outcome = await attempt({ ...draft, options: { ...withoutSource, username, password } }, signal);
        if (outcome === undefined) return undefined;
        if (!('error' in outcome) || !isRegistryError(outcome.error, 'unauthorized', 'denied')) return outcome;
        box.validationMessage = errorMessage(outcome.error);
        return undefined;
      },
    });
  }
}

function askUsername(
  title: string,
  host: string,
  field: SignInField | undefined,
  value: string,
): Promise<StepEnd<string>> {
  const wanted = vscode.l10n.t('{0} wants a login, and {1} has none that it takes.', host, machineName());
  const box = createBox(title, wanted, field);
  box.placeholder = vscode.l10n.t('{0}, or nothing for public images only', field?.label ?? vscode.l10n.t('User name'));
  box.step = 1;
  box.value = value;
  return runStep(box, {
    ...boxEvents(box, field),
    accept: async () => box.value.trim(),
  });
}

function createBox(title: string, prompt: string, field: SignInField | undefined): vscode.InputBox {
  const box = vscode.window.createInputBox();
  box.title = title;
  box.prompt = field?.description === undefined ? prompt : `${prompt} ${field.description}`;
  box.totalSteps = 2;
  box.buttons = [vscode.QuickInputButtons.Back, ...(field?.url === undefined ? [] : [openPage])];
  return box;
}

function boxEvents(
  box: vscode.InputBox,
  field: SignInField | undefined,
): { readonly change: () => void; readonly press: () => void } {
  return {
    change: () => {
      box.validationMessage = undefined;
    },
    press: () => {
      if (field?.url !== undefined) void vscode.env.openExternal(vscode.Uri.parse(field.url, true));
    },
  };
}

import * as vscode from 'vscode';
import type { SignInField } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { errorMessage } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { runStep, type StepEnd } from './steps.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface LoginQuestion<T> {
  /** Of the registry. */
  readonly url: string;
  /** What its kind calls what it wants: {@link signInFields}. */
  readonly fields: readonly SignInField[];
  /** Why a login is asked for, in a sentence. */
  readonly reason: string;
  /** What stands in the boxes at first. */
  readonly typed?: Partial<Login>;
  /** Whether the first box has a button that leads back to where this was called. */
  readonly hasStepBefore: boolean;
  /**
   * Tries a login. `undefined` leaves it in its box. What it rejects with is said there, where it was typed, and can be
   * tried again.
   */
  attempt(login: Login, signal: AbortSignal): Promise<T | undefined>;
  /** Goes on without a login, where that can be chosen by an empty user name. */
  anonymously?(signal: AbortSignal): Promise<T | undefined>;
}

/** Opens the page of a vendor on which a token is made. */
const openPage: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('link-external'),
  tooltip: vscode.l10n.t('Where to get one'),
};

/** What a kind of registry calls a login, and says about it. */
export async function signInFields({ gantry }: Services, kind: string): Promise<readonly SignInField[]> {
  const kinds = await gantry.registryKinds();
  return kinds.find(({ id }) => id === kind)?.signIn ?? [];
}

/** Asks for what the kind of registry calls a login, and tries it. Back leads from the password to the user name. */
export async function askLogin<T>(question: LoginQuestion<T>): Promise<StepEnd<T>> {
  const { url, fields, reason, typed = {}, hasStepBefore, attempt, anonymously } = question;
  const { host } = new URL(url);
  const nameField = fields.find(({ part }) => part === 'username');
  const passwordField = fields.find(({ part }) => part === 'password');
  const fixedName = nameField?.value;
  const title = vscode.l10n.t('Sign In to {0}', host);
  let username = fixedName ?? typed.username ?? '';
  let password = typed.password ?? '';
  for (;;) {
    if (fixedName === undefined) {
      const name = await askUsername();
      if (name.kind !== 'done') return name;
      username = name.value;
    }
    if (username === '' && anonymously !== undefined) {
      const value = await withProgress(asking(), (signal) => anonymously(signal));
      return value === undefined ? { kind: 'back' } : { kind: 'done', value };
    }
    const end = await askPassword();
    if (end.kind !== 'back' || fixedName !== undefined) return end;
  }

  function askUsername(): Promise<StepEnd<string>> {
    const label = nameField?.label ?? vscode.l10n.t('User name');
    const box = createBox(title, reason, nameField, hasStepBefore);
    box.placeholder =
      anonymously === undefined ? label : vscode.l10n.t('{0}, or nothing for public images only', label);
    [box.step, box.totalSteps] = [1, 2];
    box.value = username;
    return runStep(box, {
      ...boxEvents(box, nameField),
      accept: async () => {
        const name = box.value.trim();
        if (name !== '' || anonymously !== undefined) return name;
        box.validationMessage = vscode.l10n.t('Type the user name.');
        return undefined;
      },
    });
  }

  function askPassword(): Promise<StepEnd<T>> {
    const label = passwordField?.label ?? vscode.l10n.t('Password or access token');
    const box = createBox(
      fixedName === undefined ? title : `${title} (${fixedName})`,
      vscode.l10n.t('{0} of {1}. It is kept in the secret storage of VS Code.', label, username),
      passwordField,
      hasStepBefore || fixedName === undefined,
    );
    if (fixedName === undefined) [box.step, box.totalSteps] = [2, 2];
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
        box.validationMessage = { message: asking(), severity: vscode.InputBoxValidationSeverity.Info };
        const { value, problem } = await tried(signal);
        if (!signal.aborted) box.validationMessage = problem;
        return value;
      },
    });
  }

  async function tried(signal: AbortSignal): Promise<{ readonly value?: T | undefined; readonly problem?: string }> {
    try {
      return { value: await attempt({ username, password }, signal) };
    } catch (error) {
      if (!isRegistryError(error)) throw error;
      return { problem: errorMessage(error) };
    }
  }

  function asking(): string {
    return vscode.l10n.t('Asking {0}…', host);
  }
}

function createBox(title: string, prompt: string, field: SignInField | undefined, canGoBack: boolean): vscode.InputBox {
  const box = vscode.window.createInputBox();
  box.title = title;
  box.prompt = field?.description === undefined ? prompt : `${prompt} ${field.description}`;
  box.buttons = [
    ...(canGoBack ? [vscode.QuickInputButtons.Back] : []),
    ...(field?.url === undefined ? [] : [openPage]),
  ];
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

import * as vscode from 'vscode';
import type { ConnectionInfo } from '../../api.ts';
import { isRegistryError } from '../../core/errors.ts';
import { isRepositoryName } from '../../core/oci/reference.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';
import { assertTakesChanges } from './refusal.ts';
import { runStep } from './steps.ts';

/** Asks for a name, and makes a repository of it. Resolves with its reference. */
export async function createRepository(
  services: Services,
  connection: ConnectionInfo,
  namespace?: string,
): Promise<string | undefined> {
  assertTakesChanges(connection);
  const box = vscode.window.createInputBox();
  const path = new URL(connection.url).pathname.replace(/^\/+|\/+$/g, '');
  const prefix = namespace ?? path;
  box.title = vscode.l10n.t('Create a Repository in {0}', connection.label);
  box.prompt = vscode.l10n.t('Name of the repository. It is empty until an image is pushed.');
  box.placeholder = 'team/app';
  box.value = prefix === '' ? '' : `${prefix}/`;
  // Who types goes on behind it.
  box.valueSelection = [box.value.length, box.value.length];
  const end = await runStep(box, {
    change: (text) => {
      box.validationMessage = text === '' || text === `${prefix}/` ? undefined : nameProblem(text);
    },
    accept: async (signal) => {
      if (box.value === '') return undefined;
      box.validationMessage = nameProblem(box.value);
      if (box.validationMessage !== undefined) return undefined;
      try {
        return await services.gantry.createRepository(connection.id, box.value, { signal });
      } catch (error) {
        // What another name may mend stays in the box.
        if (!isRegistryError(error, 'invalid', 'conflict', 'denied')) throw error;
        box.validationMessage = errorMessage(error);
        return undefined;
      }
    },
  });
  return end.kind === 'done' ? end.value : undefined;
}

/** OCI distribution-spec, "Pulling manifests": the form of a name. */
function nameProblem(name: string): string | undefined {
  if (isRepositoryName(name)) return undefined;
  return vscode.l10n.t(
    'A name has parts of lower-case letters and digits, with single ".", "_", "__" or "-" between them; "/" is between the parts.',
  );
}

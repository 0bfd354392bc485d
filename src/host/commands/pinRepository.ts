import * as vscode from 'vscode';
import type { ConnectionInfo, ImageReference } from '../../api.ts';
import { repositoryReference, servesRegistry } from '../../core/connectionUrl.ts';
import { isRegistryError } from '../../core/errors.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { readPastedAddress } from '../../core/pastedAddress.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';
import { runStep } from './steps.ts';
import { askingForTrust } from './trust.ts';

/**
 * Asks for the name of an image of a registry, and keeps its repository in the view: many registries list none. Resolves
 * with what was named.
 */
export async function askPin(services: Services, connection: ConnectionInfo): Promise<ImageReference | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Open an Image of {0}', connection.label);
  box.prompt = vscode.l10n.t('Name of an image or a repository. It stays in the view.');
  box.placeholder = 'team/app:1.0';
  const end = await runStep(box, {
    change: (text) => {
      box.validationMessage = text.trim() === '' ? undefined : nameProblem(connection, text);
    },
    accept: async (signal) => {
      if (box.value.trim() === '') return undefined;
      box.validationMessage = nameProblem(connection, box.value);
      if (box.validationMessage !== undefined) return undefined;
      const image = readName(connection, box.value);
      const options = { limit: 1, signal, connectionId: connection.id };
      try {
        const found = await askingForTrust(services, connection, () =>
          services.gantry.listTags(repositoryReference(connection.url, image.repository), options),
        );
        return found && image;
      } catch (error) {
        if (!isRegistryError(error)) throw error;
        if (!signal.aborted) box.validationMessage = errorMessage(error);
        return undefined;
      }
    },
  });
  if (end.kind !== 'done') return undefined;
  await services.pins.add(connection.url, end.value.repository);
  return end.value;
}

/** What people call an image of a registry: by its name there, by its reference, or by what they would paste. */
function readName({ url }: ConnectionInfo, text: string): ImageReference {
  const trimmed = text.trim();
  try {
    const image = parseReference(trimmed);
    if (servesRegistry(url, image.registry)) return image;
  } catch (error) {
    if (!isRegistryError(error, 'invalid')) throw error;
  }
  try {
    return parseReference(repositoryReference(url, trimmed));
  } catch (error) {
    const pasted = readPastedAddress(trimmed).find(({ reference }) => reference !== undefined)?.reference;
    const image = pasted === undefined ? undefined : parseReference(pasted);
    if (image !== undefined && servesRegistry(url, image.registry)) return image;
    throw error;
  }
}

function nameProblem(connection: ConnectionInfo, text: string): string | undefined {
  try {
    readName(connection, text);
    return undefined;
  } catch (error) {
    if (!isRegistryError(error, 'invalid')) throw error;
    return errorMessage(error);
  }
}

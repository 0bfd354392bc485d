import * as vscode from 'vscode';
import type { ConnectionInfo, ImageReference } from '../../api.ts';
import { adapterKinds, kindOfUrl, localKind, takesPushes } from '../../core/adapters/kinds.ts';
import { assertWritable } from '../../core/connections.ts';
import { RegistryError } from '../../core/errors.ts';
import { engineRegistry, isLocalRegistry } from '../../core/oci/localReference.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { errorMessage } from '../present.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

type Changed = Pick<ConnectionInfo, 'label' | 'url' | 'adapterId'> & { readonly readOnly?: boolean };

/**
 * For before the questions of a command: what is refused need not be decided. Asks nobody.
 *
 * Errors: `denied` for a registry that is set to read-only, `unsupported` for one that takes no changes from anybody.
 */
export function assertTakesChanges(connection: Changed): void {
  assertWritable(connection);
  const { label, url, adapterId } = connection;
  if (localKind(url) !== undefined)
    throw new RegistryError(
      'unsupported',
      vscode.l10n.t('Gantry only reads {0}. Copy or push the image to a registry, and change it there.', label),
    );
  if (takesPushes(adapterId)) return;
  const kind = adapterKinds.find(({ id }) => id === adapterId)?.label ?? adapterId;
  const { host } = new URL(url);
  throw new RegistryError(
    'unsupported',
    vscode.l10n.t(
      '{0} ({1}) serves images and takes no changes. Copy the image to a registry of your own, and change it there.',
      host,
      kind,
    ),
    { host },
  );
}

/** As {@link assertTakesChanges}, for the registry of an image. */
export function assertChangeable(services: Pick<Services, 'connections'>, image: ImageTarget): void {
  const reference = parseReference(image.reference);
  const { connections } = services;
  const connection =
    image.connectionId === undefined ? connections.forReference(reference) : connections.get(image.connectionId);
  assertTakesChanges(connection ?? unconnected(reference));
}

/** What is to be said of a place for an image while it is typed; `undefined` for one that may take it. */
export function targetProblem(services: Pick<Services, 'connections'>, reference: string): string | undefined {
  const { registry } = parseReference(reference);
  // A folder or an archive is written anew.
  if (isLocalRegistry(registry) && registry !== engineRegistry) return undefined;
  return changeProblem(services, { reference });
}

/** As {@link assertChangeable}, in words. */
export function changeProblem(services: Pick<Services, 'connections'>, image: ImageTarget): string | undefined {
  try {
    assertChangeable(services, image);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

function unconnected({ registry, repository }: ImageReference): Changed {
  const place = registry === engineRegistry ? registry : `${registry}${repository}`;
  const url = isLocalRegistry(registry) ? place : `https://${registry}`;
  return { label: isLocalRegistry(registry) ? place : registry, url, adapterId: kindOfUrl(url).id };
}

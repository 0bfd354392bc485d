import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

/** Opens the registry's page about an image or a repository, and resolves with its address. */
export async function openInBrowser({ gantry }: Services, { reference, connectionId }: ImageTarget): Promise<string> {
  const url = await gantry.webUrl(reference, connectionId === undefined ? {} : { connectionId });
  if (url === undefined) {
    const { registry } = gantry.parseReference(reference);
    throw new RegistryError('unsupported', `Gantry knows no page of ${registry} about ${reference}.`, {
      host: registry,
    });
  }
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
  return url;
}

import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';

export type JsonDocument = 'manifest' | 'config';

/**
 * Manifests and configs as read-only documents. Their addresses hold digests and never tags, so that what an open editor
 * shows cannot change: `oci-json:/HOST/REPOSITORY@sha256:HEX/manifest.json`.
 */
export class JsonDocuments implements vscode.TextDocumentContentProvider {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const slash = uri.path.lastIndexOf('/');
    const reference = uri.path.slice(1, slash);
    const document = uri.path.slice(slash + 1);
    const connectionId = new URLSearchParams(uri.query).get('connection');
    const connection = connectionId === null ? {} : { connectionId };
    return withSignal(token, async (signal) => {
      const options = { signal, ...connection };
      if (document === 'manifest.json') return readable(await this.#services.gantry.manifestText(reference, options));
      const { config } = await this.#services.gantry.inspect(reference, options);
      if (config === undefined)
        throw new RegistryError('not-found', `${reference} has no configuration: it is no image.`);
      return JSON.stringify(config, undefined, 2);
    });
  }
}

/** Opens the manifest of what a reference names, or the config of its platform. */
export async function openJsonDocument(
  services: Services,
  image: { readonly reference: string; readonly connectionId?: string; readonly platform?: string },
  document: JsonDocument,
): Promise<vscode.Uri> {
  const { registry, repository } = parseReference(image.reference);
  const connection = image.connectionId === undefined ? {} : { connectionId: image.connectionId };
  const platform = image.platform === undefined ? {} : { platform: image.platform };
  const details = await services.gantry.inspect(image.reference, { ...connection, ...platform });
  const isOfPlatform = document === 'config' || image.platform !== undefined;
  const digest = isOfPlatform ? (details.platformDigest ?? details.digest) : details.digest;
  const uri = vscode.Uri.from({
    scheme: schemes.json,
    path: `/${registry}/${repository}@${digest}/${document}.json`,
    query: image.connectionId === undefined ? '' : new URLSearchParams({ connection: image.connectionId }).toString(),
  });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}

/** Broken into lines when it is all on one; else exactly as the registry has it. */
function readable(json: string): string {
  if (json.trimEnd().includes('\n')) return json;
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}

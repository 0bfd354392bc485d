import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import { rebuiltDockerfile } from '../../core/oci/rebuiltDockerfile.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';

export type JsonDocument = 'manifest' | 'config';

/** By its name VS Code knows its language. */
const dockerfileName = 'Dockerfile';

/**
 * Manifests and configs as read-only documents. Their addresses hold digests and never tags, so that what an open editor
 * shows cannot change: `oci-json:/HOST/REPOSITORY@sha256:HEX/manifest.json`. `Dockerfile` is the one that the history tells.
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
      return document === dockerfileName
        ? rebuiltDockerfile(config, parseReference(reference).familiar)
        : JSON.stringify(config, undefined, 2);
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
  const uri = documentUri({ ...connection, reference: formatReference({ registry, repository, digest }) }, document);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}

/** The Dockerfile of an image, as its history tells it. */
export async function openDockerfile(image: ImageByDigest): Promise<vscode.Uri> {
  const uri = uriOf(image, dockerfileName);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}

interface ImageByDigest {
  readonly reference: string;
  readonly connectionId?: string;
}

export function documentUri(image: ImageByDigest, document: JsonDocument): vscode.Uri {
  return uriOf(image, `${document}.json`);
}

function uriOf({ reference, connectionId }: ImageByDigest, name: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: schemes.json,
    path: `/${reference}/${name}`,
    query: connectionId === undefined ? '' : new URLSearchParams({ connection: connectionId }).toString(),
  });
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

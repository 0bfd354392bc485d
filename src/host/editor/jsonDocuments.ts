import type * as vscode from 'vscode';
import type { ConnectionOption } from '../../api.ts';
import { RegistryError } from '../../core/errors.ts';
import { rebuiltDockerfile } from '../../core/oci/rebuiltDockerfile.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { withSignal } from '../cancellation.ts';
import { layerText } from '../files/layerText.ts';
import type { Services } from '../services.ts';
import { documentUri, type ImageByDigest, imageOfDocument, type JsonDocument, showDocument } from './documentUris.ts';

/** Manifests, configs, Dockerfiles and lists of layers as read-only documents: see documentUris.ts. */
export class JsonDocuments implements vscode.TextDocumentContentProvider {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const { image, document } = imageOfDocument(uri);
    const { reference, ...connection } = image;
    const { gantry } = this.#services;
    if (document === undefined) throw new RegistryError('invalid', `${uri.path} names no document of an image.`);
    return withSignal(token, async (signal) => {
      const options = { signal, ...connection };
      if (document.kind === 'manifest') return readable(await gantry.manifestText(reference, options));
      if (document.kind === 'file') return artifactText(this.#services, reference, document.number - 1, options);
      if (document.kind === 'layer') {
        const { tree } = await gantry.openFiles(reference, { ...options, layer: document.number - 1 });
        return layerText(tree);
      }
      const { config } = await gantry.inspect(reference, options);
      if (config === undefined)
        throw new RegistryError('not-found', `${reference} has no configuration: it is no image.`);
      return document.kind === 'dockerfile'
        ? rebuiltDockerfile(config, parseReference(reference).familiar)
        : JSON.stringify(config, undefined, 2);
    });
  }
}

/** A file of an artifact, where it is text. */
async function artifactText(
  { gantry }: Services,
  reference: string,
  place: number,
  options: ConnectionOption,
): Promise<string> {
  const file = (await gantry.artifact(reference, options)).files[place];
  if (file === undefined) throw new RegistryError('not-found', `${reference} has no file ${place + 1}.`);
  const bytes = await gantry.readBlob(reference, file.descriptor, options);
  try {
    if (!bytes.includes(0)) return readable(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Said below.
  }
  throw new RegistryError('unsupported', `${file.name} is no text. Save it to use it.`);
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
  const place: ImageByDigest = { ...connection, reference: formatReference({ registry, repository, digest }) };
  return showDocument(documentUri(place, { kind: document }));
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

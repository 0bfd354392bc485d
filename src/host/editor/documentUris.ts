import * as vscode from 'vscode';
import { schemes } from '../ids.ts';

/*
 * Addresses of documents about images: `oci-json:/HOST/REPOSITORY@sha256:HEX/NAME`. They hold digests and never tags, so that
 * what an open editor shows cannot change. `Dockerfile` is the one that the history tells, `layer-3.txt` what is in the third
 * layer, `file-1-values.yaml` the first file of an artifact.
 */

export type JsonDocument = 'manifest' | 'config';

export interface ImageByDigest {
  readonly reference: string;
  readonly connectionId?: string;
}

export type ImageDocument =
  | { readonly kind: JsonDocument | 'dockerfile' }
  /** `number` is from 1. */
  | { readonly kind: 'layer'; readonly number: number }
  | { readonly kind: 'file'; readonly number: number; readonly name: string };

/** By its name VS Code knows its language. */
const dockerfileName = 'Dockerfile';

export function documentUri({ reference, connectionId }: ImageByDigest, document: ImageDocument): vscode.Uri {
  return vscode.Uri.from({
    scheme: schemes.json,
    path: `/${reference}/${nameOf(document)}`,
    query: connectionId === undefined ? '' : new URLSearchParams({ connection: connectionId }).toString(),
  });
}

/** `document` is `undefined` where the address names none that there is. */
export function imageOfDocument(uri: vscode.Uri): {
  readonly image: ImageByDigest;
  readonly document: ImageDocument | undefined;
} {
  const slash = uri.path.lastIndexOf('/');
  const connectionId = new URLSearchParams(uri.query).get('connection');
  const image = { reference: uri.path.slice(1, slash), ...(connectionId !== null && { connectionId }) };
  return { image, document: documentOf(uri.path.slice(slash + 1)) };
}

function nameOf(document: ImageDocument): string {
  if (document.kind === 'file') return `file-${document.number}-${document.name}`;
  if (document.kind === 'layer') return `layer-${document.number}.txt`;
  return document.kind === 'dockerfile' ? dockerfileName : `${document.kind}.json`;
}

function documentOf(name: string): ImageDocument | undefined {
  if (name === 'manifest.json') return { kind: 'manifest' };
  if (name === 'config.json') return { kind: 'config' };
  if (name === dockerfileName) return { kind: 'dockerfile' };
  const [, place, file = ''] = /^file-(\d{1,6})-(.+)$/s.exec(name) ?? [];
  if (place !== undefined) return { kind: 'file', number: Number(place), name: file };
  const [, number] = /^layer-(\d{1,6})\.txt$/.exec(name) ?? [];
  return number === undefined ? undefined : { kind: 'layer', number: Number(number) };
}

/** Shows a document as VS Code shows what one looks at in passing. */
export async function showDocument(uri: vscode.Uri): Promise<vscode.Uri> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}

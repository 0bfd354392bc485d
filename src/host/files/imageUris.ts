import * as vscode from 'vscode';
import { RegistryError } from '../../core/errors.ts';
import { isLocalRegistry } from '../../core/oci/localReference.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { schemes } from '../ids.ts';
import type { Services } from '../services.ts';

/*
 * Addresses of files in images: `oci-image://HOST/REPOSITORY@DIGEST/PATH`, where the digest is that of one platform's
 * manifest and never that of an index. What only one layer brings is `oci-layer://HOST/REPOSITORY@DIGEST/LAYER/PATH`. Images
 * of this machine have no host; `oci:` and the like begin their paths. A connection stands in the query where the reference
 * alone would be read by another one.
 */

/** One platform's image, or one of its layers. */
export interface ImagePlace {
  /** By the digest of the platform's manifest. */
  readonly reference: string;
  /** Absent where the reference alone tells. */
  readonly connectionId?: string;
  /** Digest of the layer of which alone the files are. */
  readonly layer?: string;
}

export interface FilePlace extends ImagePlace {
  /** From the root, without a slash before it. */
  readonly path: string;
}

const digest = '(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})';
const imagePattern = new RegExp(`^/(.+?@${digest})(?:/(.*))?$`, 's');
const layerPattern = new RegExp(`^/(.+?@${digest})/(${digest})(?:/(.*))?$`, 's');

export function fileUri(place: ImagePlace, path: string): vscode.Uri {
  const { registry, repository, digest: manifest = '' } = parseReference(place.reference);
  const isLocal = isLocalRegistry(registry);
  const name = `${isLocal ? registry : ''}${repository}@${manifest}`;
  const layer = place.layer === undefined ? '' : `/${place.layer}`;
  return vscode.Uri.from({
    scheme: place.layer === undefined ? schemes.image : schemes.layer,
    authority: isLocal ? '' : registry,
    path: `/${name}${layer}/${path}`,
    query: place.connectionId === undefined ? '' : new URLSearchParams({ connection: place.connectionId }).toString(),
  });
}

/** Throws `invalid` for an address of another form. */
export function filePlace(uri: vscode.Uri): FilePlace {
  const isLayer = uri.scheme === schemes.layer;
  const [, name, ...rest] = (isLayer ? layerPattern : imagePattern).exec(uri.path) ?? [];
  if (name === undefined) {
    const form = isLayer ? 'REPOSITORY@DIGEST/LAYER/PATH' : 'REPOSITORY@DIGEST/PATH';
    throw new RegistryError(
      'invalid',
      `The address names no file of an image. It has the form ${uri.scheme}://HOST/${form}.`,
    );
  }
  const connectionId = new URLSearchParams(uri.query).get('connection');
  const [layer, path] = isLayer ? rest : [undefined, rest[0]];
  return {
    reference: uri.authority === '' ? name : `${uri.authority}/${name}`,
    ...(connectionId !== null && { connectionId }),
    ...(layer !== undefined && { layer }),
    path: path ?? '',
  };
}

/** An image by the digest of its platform's manifest. The connection is told only where no rule would choose it. */
export function imagePlace(
  { connections }: Pick<Services, 'connections'>,
  { reference, connectionId }: { readonly reference: string; readonly connectionId?: string },
  manifest: string,
): ImagePlace {
  const { registry, repository } = parseReference(reference);
  const isNamed = connectionId !== undefined && connections.forReference({ registry, repository })?.id !== connectionId;
  const named = formatReference({ registry, repository, digest: manifest });
  return { reference: named, ...(isNamed && { connectionId }) };
}

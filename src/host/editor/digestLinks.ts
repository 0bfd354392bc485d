import * as vscode from 'vscode';
import { type DigestTarget, digestLinks } from '../../core/oci/digestLinks.ts';
import { formatReference, parseReference } from '../../core/oci/reference.ts';
import { documentUri, type ImageByDigest, imageOfDocument } from './documentUris.ts';

/** Makes every digest of a manifest, an index or a config lead to what it names. */
export const digestLinkProvider: vscode.DocumentLinkProvider = {
  provideDocumentLinks: (document) => {
    const { image } = imageOfDocument(document.uri);
    return digestLinks(document.getText()).map(({ start, end, digest, target }) => {
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      const link = new vscode.DocumentLink(range, targetUri(image, digest, target));
      link.tooltip = tooltipOf(target);
      return link;
    });
  },
};

function targetUri(image: ImageByDigest, digest: string, target: DigestTarget): vscode.Uri {
  if (target.kind === 'layer') return documentUri(image, { kind: 'layer', number: target.place + 1 });
  if (target.kind === 'config') return documentUri(image, { kind: 'config' });
  const { registry, repository } = parseReference(image.reference);
  return documentUri({ ...image, reference: formatReference({ registry, repository, digest }) }, { kind: 'manifest' });
}

function tooltipOf(target: DigestTarget): string {
  switch (target.kind) {
    case 'manifest':
      return vscode.l10n.t('Open the manifest');
    case 'config':
      return vscode.l10n.t('Open the configuration');
    case 'layer':
      return vscode.l10n.t('List what is in layer {0}', target.place + 1);
  }
}

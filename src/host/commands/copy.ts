import * as vscode from 'vscode';
import type { ImageDetails } from '../../api.ts';
import { RegistryError } from '../../core/errors.ts';
import { engineRegistry, pulledAnnotation } from '../../core/oci/localReference.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import type { ImageTarget } from './targets.ts';

/** Puts lines on the clipboard and says so where it is no interruption. */
export async function copyLines(lines: readonly string[]): Promise<readonly string[]> {
  await vscode.env.clipboard.writeText(lines.join('\n'));
  const message =
    lines.length === 1 ? vscode.l10n.t('Copied {0}', lines[0] ?? '') : vscode.l10n.t('Copied {0} lines', lines.length);
  vscode.window.setStatusBarMessage(message, 3000);
  return lines;
}

/** The name that other programs take too: an image of the engine has one without a word for the engine. */
export function plainReference(reference: string): string {
  return reference.startsWith(engineRegistry)
    ? parseReference(reference.slice(engineRegistry.length)).familiar
    : reference;
}

/** The digests that references name now, as registries know them. */
export function resolveDigests(services: Services, images: readonly ImageTarget[]): Promise<readonly string[]> {
  return withProgress(vscode.l10n.t('Asking what the tag names…'), (signal) =>
    Promise.all(
      images.map(async ({ reference, connectionId }) => {
        const options = { signal, ...(connectionId !== undefined && { connectionId }) };
        return reference.startsWith(engineRegistry)
          ? pulledDigest(reference, await services.gantry.inspect(reference, options))
          : (await services.gantry.resolve(reference, options)).digest;
      }),
    ),
  );
}

/** Of an image of the engine: the manifest that Gantry makes of what the engine tells has a digest that no registry knows. */
function pulledDigest(reference: string, { annotations }: ImageDetails): string {
  const { familiar, registry, repository } = parseReference(plainReference(reference));
  const pulled = (annotations[pulledAnnotation] ?? '').split(' ').filter((name) => name !== '');
  const digest = pulled
    .map((name) => parseReference(name))
    .find((each) => each.registry === registry && each.repository === repository)?.digest;
  if (digest !== undefined) return digest;
  throw new RegistryError(
    'unsupported',
    `The engine knows no digest of ${familiar}: it was not pulled by that name. Push it, and copy the digest that it has in its registry.`,
  );
}

/** `name:tag@digest`, which pulls the same bytes for ever and still says what it is. */
export function pinnedReference(reference: string, digest: string): string {
  const { familiar, digest: own } = parseReference(plainReference(reference));
  return own === undefined ? `${familiar}@${digest}` : familiar;
}

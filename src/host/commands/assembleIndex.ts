import * as vscode from 'vscode';
import type { CopyOptions, Descriptor } from '../../api.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { ImagePanels } from '../panels/imagePanels.ts';
import { percent, progressText, withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { copyLines } from './copy.ts';
import { copyShellCommand } from './copyShellCommand.ts';
import { movingTag } from './tagImage.ts';
import { askReference, type ImageTarget } from './targets.ts';

/** Makes one multi-platform image of several, with a progress for what has to be copied for it. */
export function assembleIndex(
  services: Services,
  sources: readonly string[],
  target: string,
  options: CopyOptions = {},
): Promise<Descriptor> {
  return withProgress(vscode.l10n.t('Combining {0}', target), (signal, report) =>
    services.gantry.assembleIndex(sources, target, {
      signal,
      onProgress: (progress) => report(progressText(progress), percent(progress)),
      ...options,
    }),
  );
}

/** Asks for the tag that the images get together; one that names something else is moved only after a question. */
export async function assembleAndTell(
  services: Services,
  imagePanels: () => Promise<ImagePanels>,
  images: readonly ImageTarget[],
): Promise<Descriptor | undefined> {
  const [first] = images;
  if (first === undefined) return undefined;
  const { registry, repository } = parseReference(first.reference);
  const sources = images.map(({ reference }) => reference);
  const target = await askReference({
    title: vscode.l10n.t('Combine {0} Images', images.length),
    prompt: vscode.l10n.t(
      'Name and tag of the multi-platform image. What is in other repositories is copied there first.',
    ),
    value: `${registry}/${repository}:`,
  });
  if (target === undefined) return undefined;
  const { familiar } = parseReference(target);
  const made = await movingTag(services, { reference: target, label: familiar }, sources.join(', '), (options) =>
    assembleIndex(services, sources, target, options),
  );
  if (made === undefined) return undefined;
  void tell(imagePanels, familiar, sources);
  return made;
}

async function tell(
  imagePanels: () => Promise<ImagePanels>,
  reference: string,
  sources: readonly string[],
): Promise<void> {
  const show = vscode.l10n.t('Show');
  const copyReference = vscode.l10n.t('Copy Reference');
  const copyCommand = vscode.l10n.t('Copy Command');
  const message = vscode.l10n.t('{0} is there now, with {1} images.', reference, sources.length);
  const chosen = await vscode.window.showInformationMessage(message, show, copyReference, copyCommand);
  if (chosen === show) (await imagePanels()).show({ reference }, { preserveFocus: false });
  if (chosen === copyReference) await copyLines([reference]);
  if (chosen === copyCommand) await copyShellCommand({ kind: 'assemble', sources, target: reference });
}

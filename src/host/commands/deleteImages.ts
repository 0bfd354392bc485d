import * as vscode from 'vscode';
import type { DeletePlan } from '../../api.ts';
import { isRegistryError, RegistryError } from '../../core/errors.ts';
import { shortDigest } from '../../core/oci/digest.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { ImageAction } from '../../core/oci/shellCommand.ts';
import type { Undoable } from '../../core/transfer/undo.ts';
import type { TransferRequest } from '../../core/transferJobs.ts';
import { errorMessage } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { runTransfer } from '../transfers/runTransfer.ts';
import { confirmProtected } from './askTwice.ts';
import { copyShellCommand } from './copyShellCommand.ts';
import { tellChange } from './offerUndo.ts';
import { assertChangeable } from './refusal.ts';
import type { ImageTarget } from './targets.ts';

export interface DeleteOptions {
  /** Only says what would be removed. */
  readonly dryRun?: boolean;
  /** The answer of a dry run: deletes without a question if it is still true, else rejects with `unconfirmed`. */
  readonly confirmed?: readonly DeletePlan[];
}

/** Names shown of a longer list in a question. */
const namesShown = 12;

/**
 * Deletes images after a question that names everything that will be lost. A tag reference removes the tag only; a
 * digest removes the manifest with every tag. Resolves with what was removed.
 */
export async function deleteImages(
  services: Services,
  images: readonly ImageTarget[],
  options: DeleteOptions = {},
  /** Called when the user has undone it. */
  undone: () => void = () => {},
): Promise<readonly DeletePlan[]> {
  for (const image of images) assertChangeable(services, image);
  const plans = await planAll(services, images);
  if (options.dryRun === true) return plans;
  if (options.confirmed !== undefined) assertSame(plans, options.confirmed);
  else {
    const choice = await ask(plans);
    if (choice === undefined) return [];
    if (choice === 'digests') return deleteImages(services, byDigest(images, plans), {}, undone);
    if (!(await confirmProtectedTags(plans))) return [];
  }
  const { done, undoables } = await run(services, images, plans, options.confirmed === undefined);
  if (options.confirmed === undefined && done.length > 0) {
    void tellChange(services, { message: deletedWords(done), undoables, action: deletionOf(done), undone });
  }
  return done;
}

function confirmProtectedTags(plans: readonly DeletePlan[]): Promise<boolean> {
  const references = plans.flatMap(({ reference, tags }) => {
    const { registry, repository } = parseReference(reference);
    return tags.map((tag) => `${registry}/${repository}:${tag}`);
  });
  return confirmProtected(references, {
    question: (tags) => vscode.l10n.t('{0} is protected. Delete it all the same?', tags),
    confirm: vscode.l10n.t('Delete Protected Tag'),
  });
}

function deletionOf(plans: readonly DeletePlan[]): ImageAction {
  return { kind: 'delete', references: plans.map(({ reference }) => reference) };
}

function deletedWords(plans: readonly DeletePlan[]): string {
  const [first] = plans;
  if (first === undefined || plans.length > 1) return vscode.l10n.t('{0} were deleted.', plans.length);
  return vscode.l10n.t('{0} was deleted.', shortReference(first));
}

/** For a digest every tag is looked at. Stopping that leads to the question all the same, which says how far it got. */
async function planAll(services: Services, images: readonly ImageTarget[]): Promise<readonly DeletePlan[]> {
  const plans: DeletePlan[] = [];
  for (const { reference, connectionId } of images) {
    const plan = await withProgress(vscode.l10n.t('Looking for what {0} shares…', reference), (stopScan, report) =>
      services.gantry.planDelete(reference, {
        stopScan,
        onProgress: (done, total) => report(vscode.l10n.t('{0} of {1} tags', done, total), (100 * done) / total),
        ...(connectionId !== undefined && { connectionId }),
      }),
    );
    plans.push(plan);
  }
  return plans;
}

async function ask(plans: readonly DeletePlan[]): Promise<'asPlanned' | 'digests' | undefined> {
  const [first] = plans;
  if (first === undefined) return undefined;
  const areTags = plans.every(({ kind }) => kind === 'tag');
  const { question, confirm } = areTags ? wordsForTags(plans, first) : wordsForImages(plans, first);
  const withDigest =
    plans.length === 1 ? vscode.l10n.t('Delete Digest with All Tags…') : vscode.l10n.t('Delete Digests with All Tags…');
  const copyCommand = vscode.l10n.t('Copy Command');
  const actions = areTags ? [confirm, withDigest, copyCommand] : [confirm, copyCommand];
  // One image is named by the question itself.
  const detail =
    plans.length === 1
      ? describePlan(first)
      : plans.map((plan) => `${shortReference(plan)}\n${describePlan(plan)}`).join('\n\n');
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, ...actions);
  // For whoever would rather have it done by another program, or by a script: nothing is deleted.
  if (chosen === copyCommand) await copyShellCommand(deletionOf(plans));
  if (chosen === undefined || chosen === copyCommand) return undefined;
  return chosen === withDigest ? 'digests' : 'asPlanned';
}

interface Words {
  readonly question: string;
  readonly confirm: string;
}

function wordsForTags({ length }: readonly DeletePlan[], first: DeletePlan): Words {
  return length === 1
    ? { question: vscode.l10n.t('Delete the tag {0}?', first.reference), confirm: vscode.l10n.t('Delete Tag') }
    : { question: vscode.l10n.t('Delete {0} tags?', length), confirm: vscode.l10n.t('Delete Tags') };
}

function wordsForImages({ length }: readonly DeletePlan[], first: DeletePlan): Words {
  const question =
    length === 1
      ? vscode.l10n.t('Delete {0} with all its tags?', shortReference(first))
      : vscode.l10n.t('Delete {0} images with all their tags?', length);
  return { question, confirm: vscode.l10n.t('Delete') };
}

/** What a question calls an image: nobody compares all of a digest, and it makes the question hard to read. */
function shortReference({ kind, reference, digest }: DeletePlan): string {
  return kind === 'tag' ? reference : `${reference.split('@')[0]}@${shortDigest(digest)}…`;
}

function describePlan(plan: DeletePlan): string {
  const { kind, digest, tags, indexes, referrers, checkedTags, totalTags } = plan;
  if (kind === 'tag') {
    return vscode.l10n.t('Only the tag is removed. Its image {0} stays, with any other tags.', shortDigest(digest));
  }
  const lines = [
    tags.length === 0
      ? vscode.l10n.t('No tag names it.')
      : vscode.l10n.t('These tags are removed with it: {0}', shortened(tags)),
  ];
  if (checkedTags < totalTags) {
    lines.push(vscode.l10n.t('Only {0} of {1} tags were looked at: more may be lost.', checkedTags, totalTags));
  }
  if (indexes.length > 0) {
    lines.push(
      vscode.l10n.t('Multi-platform images that hold it will be broken: {0}', shortened(indexes.map(shortDigest))),
    );
  }
  if (referrers.length > 0) {
    lines.push(vscode.l10n.t('Signatures, SBOMs or others that refer to it: {0}', referrers.length));
  }
  lines.push(
    vscode.l10n.t(
      'Gantry offers to undo this for an hour, where the registry still has the layers and takes the image back.',
    ),
  );
  return lines.join('\n');
}

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).join(', ');
  return names.length > namesShown ? vscode.l10n.t('{0} and {1} more', shown, names.length - namesShown) : shown;
}

async function run(
  services: Services,
  images: readonly ImageTarget[],
  plans: readonly DeletePlan[],
  mayAsk: boolean,
): Promise<{ readonly done: readonly DeletePlan[]; readonly undoables: readonly Undoable[] }> {
  const done: DeletePlan[] = [];
  const undoables: Undoable[] = [];
  let byStandIn: boolean | undefined;
  const deleteOne = async (
    plan: DeletePlan,
    options: { readonly signal: AbortSignal; readonly connectionId?: string },
  ): Promise<Undoable | undefined> => {
    if (byStandIn === true) return services.gantry.runDelete(plan, { ...options, byStandIn });
    try {
      return await services.gantry.runDelete(plan, options);
    } catch (error) {
      if (plan.kind !== 'tag' || !mayAsk || !isRegistryError(error, 'unsupported')) throw error;
      if (!(await takesStandIns(services, plan, options))) throw error;
      byStandIn = await askStandIn(plan);
      if (!byStandIn) throw new RegistryError('cancelled', 'Cancelled.', { cause: error });
      return services.gantry.runDelete(plan, { ...options, byStandIn });
    }
  };
  try {
    const hosts = plans.map(({ reference }) => parseReference(reference).registry);
    const [first] = plans;
    const source = plans.length === 1 && first !== undefined ? shortReference(first) : manyText(plans.length);
    const transfer = { title: vscode.l10n.t('Deleting…'), hosts: [...new Set(hosts)], textOf: itemOf };
    const request: TransferRequest = {
      kind: 'delete',
      source,
      options: { references: plans.map(({ reference }) => reference) },
    };
    await runTransfer(services, request, transfer, async ({ signal, onProgress }) => {
      for (const [index, plan] of plans.entries()) {
        onProgress({ done: index, total: plans.length, item: plan.reference });
        const connectionId = images[index]?.connectionId;
        const options = { signal, ...(connectionId !== undefined && { connectionId }) };
        const undoable = await deleteOne(plan, options);
        done.push(plan);
        if (undoable !== undefined) undoables.push(undoable);
      }
    });
  } catch (error) {
    if (!isRegistryError(error) || plans.length === 1) throw error;
    // What went before somebody stopped it can be undone.
    if (error.code === 'cancelled' && done.length > 0) return { done, undoables };
    const message = vscode.l10n.t('{0} of {1} were deleted. {2}', done.length, plans.length, errorMessage(error));
    throw new RegistryError(error.code, message, { cause: error });
  }
  return { done, undoables };
}

async function takesStandIns(
  { gantry }: Services,
  { reference }: DeletePlan,
  { connectionId }: { readonly connectionId?: string },
): Promise<boolean> {
  const connection = connectionId === undefined ? {} : { connectionId };
  const abilities = await gantry.repositoryAbilities(reference, connection);
  return abilities.has('write') && abilities.has('deleteManifest');
}

/** Where a registry deletes by digest only, there is a way round, which the user should know. */
async function askStandIn({ reference }: DeletePlan): Promise<boolean> {
  const confirm = vscode.l10n.t('Remove by Stand-In');
  const { registry, repository, tag } = parseReference(reference);
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} removes no tag alone. Remove {1} by a stand-in?', registry, `${repository}:${tag}`),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The tag is moved to a copy of its manifest with another digest, and that digest is deleted with this one tag. For a moment the tag names that digest, with the same layers. The image and its other tags stay, and the tag is put back where it fails.',
      ),
    },
    confirm,
  );
  return chosen === confirm;
}

function manyText(count: number): string {
  return vscode.l10n.t('{0} tags and images', count);
}

function itemOf({ item }: { readonly item: string }): string {
  return item;
}

/** The same images named by the digests that their tags name now. */
function byDigest(images: readonly ImageTarget[], plans: readonly DeletePlan[]): readonly ImageTarget[] {
  return images.map((image, index) => {
    const { registry, repository } = parseReference(image.reference);
    return { ...image, reference: `${registry}/${repository}@${plans[index]?.digest}` };
  });
}

function assertSame(plans: readonly DeletePlan[], confirmed: readonly DeletePlan[]): void {
  const same = (plan: DeletePlan, index: number): boolean => {
    const other = confirmed[index];
    const list = (names: readonly string[]): string => [...names].sort().join(' ');
    return (
      other !== undefined &&
      plan.kind === other.kind &&
      plan.digest === other.digest &&
      list(plan.tags) === list(other.tags) &&
      list(plan.indexes) === list(other.indexes) &&
      list(plan.referrers) === list(other.referrers)
    );
  };
  if (plans.length === confirmed.length && plans.every(same)) return;
  throw new RegistryError(
    'unconfirmed',
    'What would be deleted has changed since it was confirmed. Nothing was deleted; look again.',
  );
}

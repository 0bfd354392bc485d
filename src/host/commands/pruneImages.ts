import * as vscode from 'vscode';
import type { RepositoryAbility } from '../../core/abilities.ts';
import { RegistryError } from '../../core/errors.ts';
import { parseTagPatterns } from '../../core/finding/tagPatterns.ts';
import { parseReference } from '../../core/oci/reference.ts';
import { pruneRecord } from '../../core/pruneLog.ts';
import type { PrunePhase, PrunePlan } from '../../core/prunes.ts';
import type { PruneRule } from '../../core/transfer/pruneRule.ts';
import type { PruneOutcome } from '../../core/useCases/prunes.ts';
import { withProgress } from '../progress.ts';
import { askRule } from '../prune/askRule.ts';
import { deletionOf, planCsv, planJson, planScript } from '../prune/exportPlan.ts';
import type { PruneReview, PruneReviews } from '../prune/pruneReviews.ts';
import { parsePruneRule, rememberedRule, rememberRule } from '../prune/rememberedRules.ts';
import { countText } from '../prune/reviewText.ts';
import type { Services } from '../services.ts';
import { protectedTags } from '../settings.ts';
import { runTransfer } from '../transfers/runTransfer.ts';
import { copyShellCommand } from './copyShellCommand.ts';
import { undoChange } from './offerUndo.ts';
import { assertChangeable } from './refusal.ts';
import type { ImageTarget } from './targets.ts';

export interface PruneArguments {
  readonly rule?: PruneRule;
  /** Only says what would go. */
  readonly dryRun?: boolean;
  /** The answer of a dry run: deletes without a question what of it is still so. */
  readonly confirmed?: readonly PrunePlan[];
}

/** Deletions of one run; what is left is told, and goes by the next. */
const mostDeletions = 1000;
/** From so many images on, the number is to be typed: nobody does that by a slip of the finger. */
const typedFrom = 25;

/**
 * Plans a prune of repositories and shows it as a document; nothing is deleted by it. What is to be done with the document are
 * commands of their own, {@link runReview} and {@link saveReview}. Resolves with the plans.
 */
export async function pruneRepositories(
  services: Services,
  reviews: PruneReviews,
  chosen: readonly ImageTarget[],
): Promise<readonly PrunePlan[]> {
  const repositories = chosen.toSorted((one, other) => (one.reference < other.reference ? -1 : 1));
  const [first] = repositories;
  if (first === undefined) return [];
  for (const repository of repositories) assertChangeable(services, repository);
  const rule = await askRule({
    what:
      repositories.length === 1
        ? parseReference(first.reference).repository
        : vscode.l10n.t('{0} repositories', repositories.length),
    last: rememberedRule(services.state, first.reference),
    listsUntagged: (await abilitiesOf(services, repositories)).every((abilities) => abilities.has('untagged')),
  });
  if (rule === undefined) return [];
  for (const { reference } of repositories) await rememberRule(services.state, reference, rule);
  const plans = await planAll(services, repositories, rule);
  await reviews.show(plans.map((plan, index) => ({ plan, connectionId: repositories[index]?.connectionId })));
  return plans;
}

/** With arguments, which leave nothing to ask. */
export async function pruneAsTold(
  services: Services,
  repositories: readonly ImageTarget[],
  options: PruneArguments,
): Promise<readonly PrunePlan[] | readonly PruneOutcome[]> {
  if (options.confirmed !== undefined) {
    const plans = options.confirmed.map((plan) => ({
      plan,
      connectionId: repositories.find(({ reference }) => reference === plan.repository)?.connectionId,
    }));
    return runAll(services, plans);
  }
  const rule = parsePruneRule(options.rule);
  if (rule === undefined) throw new RegistryError('invalid', 'A prune takes a rule with all of its parts.');
  return planAll(services, repositories, rule);
}

async function abilitiesOf(
  { gantry }: Services,
  repositories: readonly ImageTarget[],
): Promise<readonly ReadonlySet<RepositoryAbility>[]> {
  return Promise.all(
    repositories.map(({ reference, connectionId }) =>
      gantry.repositoryAbilities(reference, connectionId === undefined ? {} : { connectionId }),
    ),
  );
}

async function planAll(
  { gantry }: Services,
  repositories: readonly ImageTarget[],
  rule: PruneRule,
): Promise<readonly PrunePlan[]> {
  const plans: PrunePlan[] = [];
  for (const { reference, connectionId } of repositories) {
    const title = vscode.l10n.t('Looking at {0}…', parseReference(reference).repository);
    const plan = await withProgress(title, (signal, report) =>
      gantry.planPrune(reference, rule, {
        signal,
        protectedTags: protectedTags(),
        onProgress: (phase, done, total) => report(phaseText(phase, done, total), (100 * done) / total),
        ...(connectionId !== undefined && { connectionId }),
      }),
    );
    plans.push(plan);
  }
  return plans;
}

function phaseText(phase: PrunePhase, done: number, total: number): string {
  switch (phase) {
    case 'tags':
      return vscode.l10n.t('{0} of {1} tags', done, total);
    case 'images':
      return vscode.l10n.t('the dates of {0} of {1} images', done, total);
    case 'indexes':
      return vscode.l10n.t('{0} of {1} multi-platform images', done, total);
    case 'attachments':
      return vscode.l10n.t('the signatures of {0} of {1} images', done, total);
  }
}

/** Deletes what a dry run shows, after a question. Resolves with what was done of each repository. */
export async function runReview(
  services: Services,
  reviews: PruneReviews,
  review: PruneReview,
  changed: () => void,
): Promise<readonly PruneOutcome[]> {
  const plans = review.plans.map(({ plan }) => plan);
  const count = plans.reduce((sum, { entries }) => sum + entries.length, 0);
  if (count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing in it to delete.'));
    return [];
  }
  for (const { plan, connectionId } of review.plans)
    assertChangeable(services, { reference: plan.repository, ...(connectionId !== undefined && { connectionId }) });
  if (!(await confirm(plans, count))) return [];
  reviews.close(review);
  try {
    const outcomes = await runAll(services, review.plans);
    void tell(services, reviews, plans, outcomes, changed);
    return outcomes;
  } finally {
    changed();
  }
}

async function confirm(plans: readonly PrunePlan[], count: number): Promise<boolean> {
  const [first] = plans;
  const where =
    plans.length === 1 && first !== undefined ? first.repository : vscode.l10n.t('{0} repositories', plans.length);
  const question = vscode.l10n.t('Delete {0} of {1}?', countText(plans), where);
  const undo = vscode.l10n.t(
    'Gantry offers to undo this for an hour, where the registry still has the layers and takes the images back.',
  );
  if (count < typedFrom) {
    const confirmed = vscode.l10n.t('Delete');
    const detail = vscode.l10n.t('It stops at the first tag that is not as the list has it. {0}', undo);
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, confirmed)) === confirmed;
  }
  const expected = String(count);
  const typed = await vscode.window.showInputBox({
    title: question,
    prompt: vscode.l10n.t('Type {0}, the number of images, to delete them. {1}', expected, undo),
    placeHolder: expected,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || text === expected ? undefined : vscode.l10n.t('Type {0}, or press Escape to keep them.', expected),
  });
  return typed === expected;
}

async function runAll(services: Services, plans: PruneReview['plans']): Promise<readonly PruneOutcome[]> {
  const isProtected = parseTagPatterns(protectedTags());
  const forbidden = plans
    .flatMap(({ plan: { repository, entries } }) =>
      entries.flatMap(({ tags }) => tags.map((tag) => ({ repository, tag }))),
    )
    .find((tag) => isProtected(tag));
  if (forbidden !== undefined) {
    const { repository, tag } = forbidden;
    throw new RegistryError(
      'unconfirmed',
      `${repository}:${tag} is protected by gantry.protectedTags. Nothing was deleted.`,
    );
  }
  const outcomes: PruneOutcome[] = [];
  for (const { plan, connectionId } of plans) {
    const outcome = await runTransfer(
      services,
      { kind: 'prune', source: plan.repository },
      {
        title: vscode.l10n.t('Pruning {0}…', plan.repository),
        hosts: [parseReference(plan.repository).registry],
        summaryOf: (outcome: PruneOutcome) => outcomeWords(plan, outcome),
        problemOf: ({ stopped }: PruneOutcome) => stopped?.message,
        textOf: ({ done, total, item }) => `${done} / ${total} ${item}`,
      },
      ({ signal, onProgress }) =>
        services.gantry.runPrune(plan, {
          signal,
          most: mostDeletions,
          onProgress: (done, total, { tags, digest }) => onProgress({ done, total, item: tags[0] ?? digest }),
          ...(connectionId !== undefined && { connectionId }),
        }),
    );
    outcomes.push(outcome);
    // What has surprised in one repository may be so in the next.
    if (outcome.stopped !== undefined) break;
  }
  return outcomes;
}

function outcomeWords(plan: PrunePlan, { removed, skipped }: PruneOutcome): string {
  return [
    vscode.l10n.t('{0} deleted', countText([{ ...plan, entries: removed }])),
    ...(skipped.length === 0 ? [] : [vscode.l10n.t('{0} stay', skipped.length)]),
  ].join(', ');
}

async function tell(
  services: Services,
  reviews: PruneReviews,
  plans: readonly PrunePlan[],
  outcomes: readonly PruneOutcome[],
  changed: () => void,
): Promise<void> {
  const removed = plans.map((plan, index) => ({ ...plan, entries: outcomes[index]?.removed ?? [] }));
  const skipped = outcomes.reduce((sum, outcome) => sum + outcome.skipped.length, 0);
  const stopped = outcomes.find((outcome) => outcome.stopped !== undefined);
  const sentences = [
    vscode.l10n.t('{0} deleted.', countText(removed)),
    ...(skipped === 0 ? [] : [vscode.l10n.t('{0} stay: the registry removes no tag alone.', skipped)]),
    ...(stopped?.stopped === undefined
      ? []
      : [vscode.l10n.t('Stopped with {0} left: {1}', stopped.left, stopped.stopped.message)]),
  ];
  const undoables = outcomes.flatMap(({ undoable }) => undoable ?? []);
  const [undo, record] = [vscode.l10n.t('Undo'), vscode.l10n.t('Show Record')];
  const copyCommand = vscode.l10n.t('Copy Command');
  const actions = [
    ...(undoables.length > 0 ? [undo] : []),
    ...(outcomes.some((one) => one.removed.length > 0) ? [record, copyCommand] : []),
  ];
  const show = stopped === undefined ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const chosen = await show(sentences.join(' '), ...actions);
  if (chosen === record) {
    const records = plans.flatMap((plan, index) => {
      const outcome = outcomes[index];
      return outcome === undefined ? [] : [pruneRecord(plan, outcome, Date.now())];
    });
    await reviews.showText(vscode.l10n.t('Record of a prune'), 'json', JSON.stringify(records, undefined, 2));
  }
  if (chosen === copyCommand) await copyShellCommand(deletionOf(removed));
  if (chosen !== undo) return;
  for (const { id } of undoables) await undoChange(services, id);
  changed();
}

/** Saves a dry run as CSV, as JSON or as commands of other programs, by the ending of the file's name. */
export async function saveReview({ plans }: PruneReview): Promise<vscode.Uri | undefined> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Dry Run'),
    filters: { CSV: ['csv'], JSON: ['json'], [vscode.l10n.t('Shell Script')]: ['sh'] },
  });
  if (target === undefined) return undefined;
  const all = plans.map(({ plan }) => plan);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(formOf(target.path)(all)));
  return target;
}

function formOf(path: string): (plans: readonly PrunePlan[]) => string {
  if (path.endsWith('.json')) return planJson;
  return path.endsWith('.sh') ? planScript : planCsv;
}

import { isRecord } from '../../core/isRecord.ts';
import type { StateStore } from '../../core/ports.ts';
import type { PruneRule } from '../../core/transfer/pruneRule.ts';

const stateKey = 'pruneRules';

/** Repositories whose rule is remembered, those of the last prunes. */
const most = 200;

/** The rule by which a repository was pruned last; `undefined` when it never was. */
export function rememberedRule(state: StateStore, repository: string): PruneRule | undefined {
  return parsePruneRule(all(state).find(([name]) => name === repository)?.[1]);
}

export async function rememberRule(state: StateStore, repository: string, rule: PruneRule): Promise<void> {
  const others = all(state).filter(([name]) => name !== repository);
  await state.set(stateKey, [[repository, rule], ...others].slice(0, most));
}

/** What another version of Gantry, or a caller, wrote; `undefined` for what is no rule. */
export function parsePruneRule(value: unknown): PruneRule | undefined {
  if (!isRecord(value)) return undefined;
  const { matching, keepNewest, order, olderThanDays, keep, untagged } = value;
  const isCount = (count: unknown): count is number => Number.isSafeInteger(count) && (count as number) >= 0;
  if (typeof matching !== 'string' || !isCount(keepNewest) || !isCount(olderThanDays)) return undefined;
  if ((order !== 'version' && order !== 'date') || typeof untagged !== 'boolean' || !Array.isArray(keep))
    return undefined;
  const patterns = keep.filter((pattern): pattern is string => typeof pattern === 'string');
  return { matching, keepNewest, order, olderThanDays, keep: patterns, untagged };
}

function all(state: StateStore): readonly (readonly [repository: unknown, rule: unknown])[] {
  const stored = state.get(stateKey);
  return Array.isArray(stored) ? stored.filter((entry): entry is [unknown, unknown] => Array.isArray(entry)) : [];
}

import assert from 'node:assert/strict';
import type { PrunePlan } from '../../../src/core/prunes.ts';
import { planCsv, planJson, planScript } from '../../../src/host/prune/exportPlan.ts';
import { parsePruneRule } from '../../../src/host/prune/rememberedRules.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const plan: PrunePlan = {
  repository: 'registry.example/shop/web',
  rule: { matching: 'pr-*', keepNewest: 2, order: 'date', olderThanDays: 0, keep: ['latest'], untagged: true },
  madeAt: 0,
  entries: [
    { digest, tags: ['1.0', '=1+1'], how: 'digest', date: '2025-01-01T00:00:00Z' },
    { digest, tags: [], how: 'digest' },
  ],
  kept: [{ tag: 'a,b', digest, reason: 'newest' }],
  totalTags: 3,
};

describe('a dry run that is saved', () => {
  it('has a line for each tag and each untagged image, and no formula for a spreadsheet', () => {
    assert.deepEqual(planCsv([plan]).split('\r\n'), [
      'repository,tag,digest,verdict,why,date',
      `registry.example/shop/web,1.0,${digest},goes,digest,2025-01-01T00:00:00Z`,
      `registry.example/shop/web,'=1+1,${digest},goes,digest,2025-01-01T00:00:00Z`,
      `registry.example/shop/web,,${digest},goes,digest,`,
      `registry.example/shop/web,"a,b",${digest},stays,newest,`,
      '',
    ]);
  });

  it('is a script that other programs delete the same with', () => {
    const tagsOnly = { ...plan, entries: [{ digest, tags: ['1.0', '1'], how: 'tags' as const }] };
    assert.deepEqual(planScript([{ ...plan, entries: plan.entries.slice(0, 1) }, tagsOnly]).split('\n'), [
      ...['#!/bin/sh', 'set -e', `skopeo delete docker://registry.example/shop/web@${digest}`],
      ...['regctl tag delete registry.example/shop/web:1.0', 'regctl tag delete registry.example/shop/web:1', ''],
    ]);
  });

  it('is all of it as JSON', () => {
    const [saved] = JSON.parse(planJson([plan]));
    assert.deepEqual(saved, { ...plan, madeAt: '1970-01-01T00:00:00.000Z' });
  });
});

describe('a rule that was remembered', () => {
  it('is read back whole, or not at all', () => {
    assert.deepEqual(parsePruneRule(JSON.parse(JSON.stringify(plan.rule))), plan.rule);
    for (const broken of [undefined, null, [], {}, { ...plan.rule, keepNewest: -1 }, { ...plan.rule, order: 'size' }])
      assert.equal(parsePruneRule(broken), undefined);
  });
});

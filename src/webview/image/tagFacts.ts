import type { TagFacts } from '../../messages.ts';
import { element } from '../ui/element.ts';
import type { PanelContext } from './context.ts';
import { dateValue, fact } from './facts.ts';

/** What the registry's list told of a tag, and the image itself does not. */
export function tagFacts(
  { pushedAt, pulledAt, expiresAt, protectedFrom = [] }: TagFacts,
  context: PanelContext,
): HTMLElement[] {
  const { strings } = context;
  const dated = [
    [strings.pushed, pushedAt],
    [strings.pulled, pulledAt],
    [strings.expires, expiresAt],
  ] as const;
  const rules = [
    protectedFrom.includes('move') ? strings.immutable : undefined,
    protectedFrom.includes('delete') ? strings.undeletable : undefined,
  ].filter((rule) => rule !== undefined);
  return [
    ...dated.flatMap(([name, date]) => (date === undefined ? [] : [fact(name, [dateValue(date, context)])])),
    ...(rules.length === 0 ? [] : [fact(strings.protection, [element('span', {}, [rules.join(', ')])])]),
  ];
}

import type { Protection, TagSummary } from '../../api.ts';
import type { RepositoryAbility } from '../../core/abilities.ts';
import type { UntaggedImage } from '../../core/untagged.ts';

/** Flags of a `contextValue`: menus offer only what can be done. */
export type Flag =
  | 'deletable'
  | 'history'
  | 'pinned'
  | 'protectable'
  | 'protected'
  | 'prunable'
  | 'readme'
  | 'taggable'
  | 'writable'
  | 'web';

export function repositoryFlags(abilities: ReadonlySet<RepositoryAbility>): readonly Flag[] {
  return flags([
    ['deletable', abilities.has('deleteRepository')],
    ['prunable', abilities.has('deleteTag') || abilities.has('deleteManifest')],
    ['readme', abilities.has('readme')],
    ['writable', abilities.has('write')],
    ['web', abilities.has('web')],
  ]);
}

export function tagFlags(abilities: ReadonlySet<RepositoryAbility>, { protectedFrom }: TagSummary): readonly Flag[] {
  const isProtectable = abilities.has('protect');
  return flags([
    ['deletable', abilities.has('deleteTag') || abilities.has('deleteManifest')],
    ['taggable', abilities.has('write')],
    ['history', abilities.has('history')],
    // Where the registry does not tell, both are offered.
    ['protectable', isProtectable && (protectedFrom ?? []).length < protections.length],
    ['protected', isProtectable && (protectedFrom === undefined || protectedFrom.length > 0)],
    ['web', abilities.has('web')],
  ]);
}

/** What something needs is no rubbish, and so is not offered for deletion. */
export function untaggedFlags(abilities: ReadonlySet<RepositoryAbility>, image: UntaggedImage): readonly Flag[] {
  return flags([
    ['deletable', abilities.has('deleteManifest') && !isNeeded(image)],
    ['taggable', abilities.has('write')],
    ['web', abilities.has('web')],
  ]);
}

export function isNeeded({ use }: UntaggedImage): boolean {
  return use === 'part' || use === 'refers';
}

export function contextValue(kind: string, ...flags: readonly (string | undefined)[]): string {
  return [kind, ...flags.filter((flag) => flag !== undefined)].join('+');
}

/** All that there are. */
export const protections: readonly Protection[] = ['move', 'delete'];

function flags(all: readonly (readonly [flag: Flag, isSet: boolean])[]): readonly Flag[] {
  return all.flatMap(([flag, isSet]) => (isSet ? [flag] : []));
}

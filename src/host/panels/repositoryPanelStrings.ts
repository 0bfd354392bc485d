import { l10n } from 'vscode';
import type { RepositoryPanelStrings } from '../../messages.ts';

/** The words of the page of a repository. Placeholders are filled by the panel. */
export function repositoryPanelStrings(): RepositoryPanelStrings {
  return {
    retry: l10n.t('Try Again'),
    cancel: l10n.t('Cancel'),
    copyReference: l10n.t('Copy Reference'),
    copied: l10n.t('Copied'),
    openInBrowser: l10n.t('Open in Browser'),
    openReadme: l10n.t('Open as Document'),
    tags: l10n.t('Tags'),
    tagsLoading: l10n.t('Reading the list of tags…'),
    moreThan: l10n.t('more than {0}'),
    ofAttachments: l10n.t('{0} of them of signatures and other attachments'),
    newest: l10n.t('Newest version'),
    none: l10n.t('none'),
    pulls: l10n.t('Pulls'),
    updated: l10n.t('Updated'),
    sizes: l10n.t('What Is Largest'),
    sizesLoading: l10n.t('Reading the sizes of the newest tags…'),
    sizesSummary: l10n.t('Images: {0}, of {1} tags looked at'),
    together: l10n.t('With each layer counted once they take {0}.'),
    noSizes: l10n.t('No sizes are known.'),
    tag: l10n.t('Tag'),
    size: l10n.t('Size'),
    share: l10n.t('Of the largest'),
    date: l10n.t('Date'),
    unknownDate: l10n.t('unknown'),
    moreEntries: l10n.t('… and {0} more'),
    readme: l10n.t('Description'),
    readmeLoading: l10n.t('Reading the description…'),
    noReadme: l10n.t('The repository has no description.'),
    moreCharacters: l10n.t('… and {0} more characters'),
  };
}

import type { AttachmentKind, AttachmentsView, AttachmentView } from '../../messages.ts';
import { type Child, element, icon } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { lazySection } from '../ui/lazySection.ts';
import { rowTable } from '../ui/rowTable.ts';
import { shortDigest, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { dateValue } from './facts.ts';
import { mediaTypeName } from './mediaTypes.ts';

const icons: Readonly<Record<AttachmentKind, string>> = {
  signature: 'verified',
  sbom: 'list-unordered',
  attestation: 'note',
  other: 'file',
};

/** What refers to the image: asked when somebody opens it. */
export function attachmentsSection(view: AttachmentsView, context: PanelContext): HTMLElement {
  const { strings, post } = context;
  return lazySection(view, {
    id: 'attachments',
    title: strings.attachments,
    loading: strings.attachmentsLoading,
    strings,
    open: () => post({ type: 'openAttachments' }),
    close: () => post({ type: 'closeAttachments' }),
    content: ({ items }) =>
      items.length === 0 ? [element('p', {}, [strings.noAttachments])] : [table(items, context)],
  });
}

function table(items: readonly AttachmentView[], context: PanelContext): HTMLElement {
  const { strings } = context;
  const heads = [strings.kind, strings.mediaType, strings.size, strings.created, strings.about, strings.digest];
  return element('div', { class: 'file-table' }, [
    rowTable(
      'attachments-heading',
      heads,
      items.map((item) => row(item, context)),
      [2],
    ),
  ]);
}

function row(item: AttachmentView, context: PanelContext): HTMLElement {
  const { strings, formats, post } = context;
  const button = element('button', { type: 'button', class: 'link-button' }, [
    icon(icons[item.kind]),
    element('span', {}, [strings.attachmentKinds[item.kind]]),
  ]);
  button.addEventListener('click', () => post({ type: 'showAttachment', digest: item.digest }));
  const digest = element('button', { type: 'button', class: 'link-button', title: visibleText(item.digest) }, [
    element('code', {}, [shortDigest(item.digest)]),
  ]);
  digest.addEventListener('click', () => post({ type: 'openManifest', digest: item.digest }));
  return element('tr', {}, [
    element('th', { scope: 'row', class: 'short' }, [button]),
    element('td', {}, typeNames(item.types, context)),
    element('td', { class: 'number' }, [item.size === undefined ? strings.unknownSize : formats.size(item.size)]),
    element('td', { class: 'short' }, [item.createdAt === undefined ? '' : dateValue(item.createdAt, context)]),
    element('td', { class: 'short' }, [item.isOfIndex ? strings.allPlatforms : strings.thisPlatform]),
    element('td', { class: 'short' }, [digest]),
  ]);
}

function typeNames(types: readonly string[], { strings }: PanelContext): readonly Child[] {
  return types.flatMap((type, place): Child[] => {
    const name = mediaTypeName(type);
    const exact = visibleText(type);
    const shown =
      name === undefined
        ? element('code', {}, foreignText(type))
        : element('span', { title: exact }, [strings.mediaTypeNames[name]]);
    return place === 0 ? [shown] : [', ', shown];
  });
}

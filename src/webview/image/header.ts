import type { ImageDetails } from '../../api.ts';
import { engineRegistry } from '../../core/oci/localReference.ts';
import type { TagFacts } from '../../messages.ts';
import { copyButton } from '../ui/copyButton.ts';
import { element } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { link } from '../ui/link.ts';
import { fill, visibleText } from '../ui/text.ts';
import { actionsBar } from './actions.ts';
import type { PanelContext } from './context.ts';
import { dateValue, fact, isUnpacked } from './facts.ts';
import { mediaTypeName } from './mediaTypes.ts';
import { splitReference } from './referenceParts.ts';
import { tagFacts } from './tagFacts.ts';

/** The reference as the page's title: what it names stands out, where it lies steps back. */
export function title(reference: string): HTMLHeadingElement {
  const { name, tag, digest } = splitReference(reference);
  const slash = name.lastIndexOf('/') + 1;
  const isBare = tag === '' && digest === '';
  return element('h1', { class: 'reference' }, [
    element('span', { class: 'muted' }, foreignText(isBare ? name.slice(0, slash) : name)),
    element('wbr'),
    element('span', { class: 'reference-clear' }, [visibleText(isBare ? name.slice(slash) : tag)]),
    digest === ''
      ? undefined
      : element('span', { class: 'reference-clear digest', title: visibleText(digest.slice(1)) }, [
          visibleText(digest),
        ]),
  ]);
}

export function imageHeader(
  reference: string,
  { image, tag }: { readonly image: ImageDetails; readonly tag?: TagFacts },
  context: PanelContext,
): HTMLElement {
  const { strings, formats, announce, post } = context;
  const copyReference = copyButton({
    id: 'copy-reference',
    label: strings.copyReference,
    copied: strings.copied,
    announce,
    copy: () => post({ type: 'copy', what: 'reference', text: reference }),
  });
  const { digest, platformDigest, artifactType } = image;
  return element('header', { class: 'summary' }, [
    element('div', { class: 'title' }, [title(reference), ' ', copyReference]),
    element('dl', { class: 'facts' }, [
      image.platforms.length === 0 ? undefined : platformFact(image, context),
      fact(isUnpacked(image) ? strings.size : strings.compressedSize, [
        element('span', { title: formats.exactSize(image.size) }, [formats.size(image.size)]),
      ]),
      fact(strings.created, [dateValue(image.createdAt, context)]),
      ...(tag === undefined ? [] : tagFacts(tag, context)),
      fact(strings.mediaType, [typeText(image.mediaType, context)]),
      artifactType === undefined ? undefined : fact(strings.artifactType, [typeText(artifactType, context)]),
      // Of an image of the engine it is that of a manifest which Gantry has made, and no registry knows.
      reference.startsWith(engineRegistry)
        ? undefined
        : digestFact(digest, { id: 'copy-digest', name: strings.digest, copy: strings.copyDigest }, context),
      platformDigest === undefined || platformDigest === digest
        ? undefined
        : digestFact(
            platformDigest,
            { id: 'copy-platform-digest', name: strings.platformDigest, copy: strings.copyPlatformDigest },
            context,
          ),
    ]),
    actionsBar(image, context),
  ]);
}

/** Brings the relative dates below `root` up to date: a panel stays open for days. */
export function refreshDates(root: ParentNode, { formats }: PanelContext): void {
  for (const time of root.querySelectorAll('time')) {
    time.textContent = formats.relativeTime(new Date(time.dateTime), new Date());
  }
}

interface DigestNames {
  readonly id: string;
  readonly name: string;
  readonly copy: string;
}

/** All of the digest is in the text, cut off by the style sheet, so that selecting it selects it whole. */
function digestFact(digest: string, names: DigestNames, { strings, announce, post }: PanelContext): HTMLElement {
  const shown = visibleText(digest);
  const options = { title: fill(strings.openDocument, shown), class: 'digest' };
  return fact(names.name, [
    link(options, [element('code', {}, [shown])], () => post({ type: 'openManifest', digest })),
    copyButton({
      id: names.id,
      label: names.copy,
      copied: strings.copied,
      announce,
      copy: () => post({ type: 'copy', what: 'digest', text: digest }),
    }),
  ]);
}

function platformFact(image: ImageDetails, { strings, post }: PanelContext): HTMLElement {
  const { platforms, platform = platforms[0] ?? '' } = image;
  if (platforms.length === 1) return fact(strings.platform, [visibleText(platform)]);
  const options = platforms.map((name) =>
    element('option', { value: name, selected: name === platform }, [visibleText(name)]),
  );
  const select = element('select', { id: 'platform' }, options);
  select.addEventListener('change', () => post({ type: 'selectPlatform', platform: select.value }));
  return element('div', { class: 'fact' }, [
    element('dt', {}, [element('label', { for: select.id }, [strings.platform])]),
    element('dd', {}, [select]),
  ]);
}

/** A type that has a name is named, the type itself being in the tooltip; any other speaks for itself. */
function typeText(type: string, { strings }: PanelContext): HTMLElement {
  const name = mediaTypeName(type);
  const exact = visibleText(type);
  return name === undefined
    ? element('code', {}, [exact])
    : element('span', { title: exact }, [strings.mediaTypeNames[name]]);
}

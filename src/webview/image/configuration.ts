import type { ImageDetails } from '../../api.ts';
import { readStatements } from '../../core/oci/standardLabels.ts';
import { type Child, element } from '../ui/element.ts';
import { pairTable } from '../ui/pairTable.ts';
import { visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { execForm, type ImageConfig, type Pair, pairs, readImageConfig } from './imageConfig.ts';

type Configured = Pick<ImageDetails, 'platforms'> & { readonly config?: ImageDetails['config'] | undefined };

export function configurationSection(image: Configured, context: PanelContext): HTMLElement {
  const { strings } = context;
  const headingId = 'configuration-heading';
  const heading = element('h2', { id: headingId }, [strings.configuration]);
  const isImage = image.platforms.length > 0;
  const content = isImage ? imageContent(readImageConfig(image.config), context) : artifactContent(image, context);
  return element('section', { 'aria-labelledby': headingId }, [heading, ...content]);
}

/** Whether there is something that is not told elsewhere, or that there is nothing at all. */
export function hasAnnotationsSection({ annotations }: ImageDetails): boolean {
  const all = pairs(annotations);
  return all.length === 0 || readStatements([], all).annotations.length > 0;
}

export function annotationsSection(image: ImageDetails, context: PanelContext): HTMLElement {
  const { strings } = context;
  const headingId = 'annotations-heading';
  const all = pairs(image.annotations);
  const rest = readStatements([], all).annotations;
  return element('section', { 'aria-labelledby': headingId }, [
    element('h2', { id: headingId }, [all.length === rest.length ? strings.annotations : strings.otherAnnotations]),
    pairsOrNone(rest, headingId, context),
  ]);
}

function imageContent(config: ImageConfig, context: PanelContext): Child[] {
  const { strings } = context;
  const { labels } = readStatements(config.labels, []);
  const labelsName = labels.length === config.labels.length ? strings.labels : strings.otherLabels;
  return [
    element('dl', { class: 'settings' }, [
      ...setting(strings.entrypoint, commandValue(config.entrypoint), context),
      ...setting(strings.command, commandValue(config.command), context),
      ...setting(strings.workingDirectory, config.workingDirectory, context),
      ...setting(strings.user, config.user, context),
      ...setting(strings.ports, listValue(config.ports), context),
      ...setting(strings.volumes, listValue(config.volumes), context),
      ...(config.stopSignal === undefined ? [] : setting(strings.stopSignal, config.stopSignal, context)),
      ...(config.healthCheck.length === 0
        ? []
        : setting(strings.healthCheck, commandValue(config.healthCheck), context)),
    ]),
    element('div', { class: 'columns' }, [
      subsection('environment-heading', strings.environment, config.environment, context),
      // Not an empty table where all of them are told elsewhere.
      labels.length === 0 && config.labels.length > 0
        ? undefined
        : subsection('labels-heading', labelsName, labels, context),
    ]),
  ];
}

/** What an artifact has for a config is of its own kind: a Helm chart's metadata, most often nothing at all. */
function artifactContent(image: Configured, context: PanelContext): Child[] {
  const fields = pairs(image.config);
  if (fields.length === 0) return [element('p', { class: 'muted' }, [context.strings.noConfiguration])];
  return [pairsOrNone(fields, 'configuration-heading', context)];
}

function setting(name: string, value: string | undefined, { strings }: PanelContext): Child[] {
  const shown =
    value === undefined
      ? element('span', { class: 'muted' }, [strings.none])
      : element('code', {}, [visibleText(value)]);
  return [element('dt', {}, [name]), element('dd', {}, [shown])];
}

function commandValue(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : execForm(words);
}

function listValue(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : items.join('\n');
}

function subsection(headingId: string, name: string, entries: readonly Pair[], context: PanelContext): HTMLElement {
  return element('section', { 'aria-labelledby': headingId }, [
    element('h3', { id: headingId }, [name]),
    pairsOrNone(entries, headingId, context),
  ]);
}

function pairsOrNone(entries: readonly Pair[], headingId: string, { strings, formats }: PanelContext): HTMLElement {
  if (entries.length === 0) return element('p', { class: 'muted' }, [strings.none]);
  return pairTable(entries, headingId, strings, formats.count);
}

import type { ImageDetails } from '../../api.ts';
import { baseImage } from '../../core/oci/baseImage.ts';
import { isDigest } from '../../core/oci/digest.ts';
import { licenceParts } from '../../core/oci/licences.ts';
import { commitPage, httpsPage, sourcePage } from '../../core/oci/sourceLinks.ts';
import { readStatements, type Statement, type StatementName, type Statements } from '../../core/oci/standardLabels.ts';
import type { StatementFact } from '../../messages.ts';
import { type Child, element } from '../ui/element.ts';
import { foreignText, foreignValue } from '../ui/foreignText.ts';
import { readImageDate } from '../ui/format.ts';
import { link } from '../ui/link.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { dateValue } from './facts.ts';
import { pairs, readImageConfig } from './imageConfig.ts';

/** In the order in which they are told; the digest of the base stands with its name, the description above all. */
const factNames: readonly (StatementFact & StatementName)[] = [
  ...(['title', 'version', 'revision', 'source', 'url', 'documentation', 'licenses', 'vendor', 'authors'] as const),
  ...(['baseName', 'refName', 'created'] as const),
];

/** What labels and annotations say, of images and of what is none. */
export function statementsOf({ config, annotations }: Pick<ImageDetails, 'config' | 'annotations'>): Statements {
  return readStatements(readImageConfig(config).labels, pairs(annotations));
}

/** Whether there is something that is not told already. */
export function saysSomething(image: ImageDetails): boolean {
  const { told } = statementsOf(image);
  return told.has('description') || factNames.some((name) => shownOf(name, told, image).length > 0);
}

/** What an image says of itself by names that have a standard meaning. */
export function aboutSection(image: ImageDetails, context: PanelContext): HTMLElement {
  const { told } = statementsOf(image);
  const facts = factNames.flatMap((name) => factOf(name, told, image, context));
  const descriptions = told.get('description') ?? [];
  const headingId = 'about-heading';
  return element('section', { 'aria-labelledby': headingId, class: 'about' }, [
    element('h2', { id: headingId }, [context.strings.aboutImage]),
    ...descriptions.map((statement) =>
      element('p', { class: 'lead' }, shownValue(statement, descriptions, context, textOf(statement.value, context))),
    ),
    facts.length === 0 ? undefined : element('dl', { class: 'facts' }, facts),
  ]);
}

function factOf(
  name: StatementFact,
  told: Statements['told'],
  image: ImageDetails,
  context: PanelContext,
): readonly HTMLElement[] {
  const statements = shownOf(name, told, image);
  if (statements.length === 0) return [];
  const values = statements.map((statement) =>
    element('dd', {}, shownValue(statement, statements, context, contentOf(name, statement.value, told, context))),
  );
  return [element('div', { class: 'fact' }, [element('dt', {}, [context.strings.statementNames[name]]), ...values])];
}

/** What the header tells is not told again; a base without a name is told by its digest. */
function shownOf(name: StatementFact, told: Statements['told'], image: ImageDetails): readonly Statement[] {
  const statements = told.get(name) ?? [];
  if (name === 'baseName' && statements.length === 0) return told.get('baseDigest') ?? [];
  if (name !== 'created') return statements;
  const known = readImageDate(image.createdAt)?.getTime();
  return statements.filter(({ value }) => readImageDate(value)?.getTime() !== known);
}

/** The value, with where it stands in the tooltip, and in the text too where several disagree. */
function shownValue(
  { origin, keys }: Statement,
  all: readonly Statement[],
  { strings }: PanelContext,
  content: readonly Child[],
): readonly Child[] {
  return [
    element('span', { title: keys.map(visibleText).join('\n') }, content),
    all.length === 1 ? undefined : element('span', { class: 'muted' }, [` (${strings.statementOrigins[origin]})`]),
  ];
}

function contentOf(
  name: StatementFact,
  value: string,
  told: Statements['told'],
  context: PanelContext,
): readonly Child[] {
  switch (name) {
    case 'source':
      return linked(sourcePage(value), value, context);
    case 'url':
    case 'documentation':
      return linked(httpsPage(value), value, context);
    case 'revision':
      return revision(value, told, context);
    case 'licenses':
      return licenceParts(value).flatMap(({ text, page }) => linked(page, text, context));
    case 'baseName':
      return base(value, told.get('baseDigest')?.[0]?.value, context);
    case 'created':
      return readImageDate(value) === undefined ? textOf(value, context) : [dateValue(value, context)];
    default:
      return textOf(value, context);
  }
}

function textOf(value: string, { strings, formats }: PanelContext): readonly Child[] {
  return foreignValue(value, strings.moreCharacters, formats.count, { isLinked: false });
}

/** Text, or a link that says in its tooltip where it leads. */
function linked(page: string | undefined, text: string, context: PanelContext): readonly Child[] {
  if (page === undefined) return textOf(text, context);
  const open = (): void => context.post({ type: 'openLink', url: page });
  return [link({ href: page, title: page }, foreignText(text), open)];
}

/** A commit that has a page leads there. Cut off by the style sheet, so that selecting it selects it whole. */
function revision(value: string, told: Statements['told'], { post }: PanelContext): readonly Child[] {
  const shown = [element('code', {}, [visibleText(value)])];
  const pages = (told.get('source') ?? []).map((source) => commitPage(source.value, value));
  const page = pages.find((found) => found !== undefined);
  if (page === undefined) return [element('span', { class: 'digest' }, shown)];
  return [link({ href: page, title: page, class: 'digest' }, shown, () => post({ type: 'openLink', url: page }))];
}

/** By its name as it is today, and by its digest as it was when the image was built. */
function base(name: string, digest: string | undefined, context: PanelContext): readonly Child[] {
  const { strings, post } = context;
  if (isDigest(name)) return [element('code', { class: 'digest' }, [name])];
  const found = baseImage(name, digest);
  if (found === undefined) return textOf(name, context);
  const { reference, exact } = found;
  const show = (target: string): void => post({ type: 'showBase', reference: target });
  const byName = link({ title: fill(strings.showImage, reference) }, foreignText(reference), () => show(reference));
  if (exact === undefined || exact === reference) return [byName];
  const shown = [element('code', {}, [exact.slice(exact.indexOf('@') + 1)])];
  const options = { title: fill(strings.showImage, exact), class: 'digest' };
  return [byName, ' ', link(options, shown, () => show(exact))];
}

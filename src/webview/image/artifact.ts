import type { ArtifactFileView, ArtifactView } from '../../messages.ts';
import { element } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { rowTable } from '../ui/rowTable.ts';
import { fill, shortDigest, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';
import { mediaTypeName } from './mediaTypes.ts';
import { saveButton } from './saveButton.ts';

const headingId = 'artifact-heading';
/** More of them are read by nobody row by row. */
const mostFiles = 1000;

/** The files of what is no image, under the names that they are saved by. */
export function artifactSection({ files }: ArtifactView, context: PanelContext): HTMLElement {
  const { strings, formats } = context;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const heads = [strings.name, strings.mediaType, strings.size, strings.digest, strings.save];
  const rows = files.slice(0, mostFiles).map((file, place) => fileRow(file, place, context));
  const left = files.length - rows.length;
  return element('section', { 'aria-labelledby': headingId, class: 'artifact' }, [
    element('h2', { id: headingId }, [strings.artifactFiles]),
    element('p', { class: 'muted' }, [fill(strings.artifactSummary, formats.count(files.length), formats.size(total))]),
    element('div', { class: 'file-table' }, [rowTable(headingId, heads, rows, [2])]),
    left === 0 ? undefined : element('p', { class: 'muted' }, [fill(strings.moreEntries, formats.count(left))]),
  ]);
}

function fileRow(file: ArtifactFileView, place: number, context: PanelContext): HTMLElement {
  const { strings, formats, post } = context;
  const { name, isTitled, mediaType, digest, size } = file;
  const open = element('button', { type: 'button', class: 'link-button' }, [element('span', {}, foreignText(name))]);
  open.addEventListener('click', () => post({ type: 'openArtifactFile', place }));
  const known = mediaTypeName(mediaType);
  const exact = visibleText(mediaType);
  return element('tr', {}, [
    element('th', { scope: 'row' }, [
      open,
      isTitled ? undefined : element('span', { class: 'muted' }, [` ${strings.madeUpName}`]),
    ]),
    element('td', {}, [
      known === undefined
        ? element('code', {}, foreignText(mediaType))
        : element('span', { title: exact }, [strings.mediaTypeNames[known]]),
    ]),
    element('td', { class: 'number', title: formats.exactSize(size) }, [formats.size(size)]),
    element('td', { class: 'short' }, [element('code', { title: visibleText(digest) }, [shortDigest(digest)])]),
    element('td', { class: 'short' }, [saveButton(name, context, () => post({ type: 'saveArtifactFile', place }))]),
  ]);
}

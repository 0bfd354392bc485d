import * as vscode from 'vscode';
import type { ImageMention, ImageReference } from '../../../api.ts';
import { type LinePlace, linePlaces } from '../../../core/mentions/lineStarts.ts';
import { runAtOnce } from '../../../core/transfer/runAtOnce.ts';
import { createPause } from '../../pause.ts';
import type { Report } from '../../progress.ts';
import type { DocumentMentions } from '../documentMentions.ts';
import { findWorkspaceFiles, readWorkspaceFile } from './workspaceFiles.ts';

/** Where a file of the workspace names an image. */
export interface WorkspacePlace extends LinePlace {
  readonly uri: vscode.Uri;
  /** Of the mention, in UTF-16 units. */
  readonly offset: number;
}

export interface WorkspaceImage {
  readonly reference: ImageReference;
  readonly places: readonly WorkspacePlace[];
}

/** What is written where an image would be, and is not looked up. */
export interface UnknownImage {
  readonly raw: string;
  /** It is what the file makes, has variables without a value, or cannot be read as a reference. */
  readonly why: 'made' | 'unresolved' | 'invalid';
  readonly places: readonly WorkspacePlace[];
}

export interface WorkspaceImages {
  /** In the order of their names. */
  readonly images: readonly WorkspaceImage[];
  readonly unknown: readonly UnknownImage[];
  readonly searchedFiles: number;
  /** Files that name an image. */
  readonly files: number;
  /** Too large, or not to be read. */
  readonly unreadFiles: readonly vscode.Uri[];
  readonly isTruncated: boolean;
}

/** Files that are read at once. */
const filesAtOnce = 8;

/** Every image that a file of the workspace names. No registry is asked. */
export async function findWorkspaceImages(
  mentions: DocumentMentions,
  signal: AbortSignal,
  report: Report,
): Promise<WorkspaceImages> {
  const { uris, isTruncated } = await findFiles(signal);
  const found = new Map<string, readonly Found[]>();
  const unreadFiles: vscode.Uri[] = [];
  const pause = createPause();
  let done = 0;
  await runAtOnce(uris, { atOnce: filesAtOnce, signal }, async (uri, stop) => {
    stop.throwIfAborted();
    const due = pause();
    if (due !== undefined) await due;
    const places = await findInFile(mentions, uri);
    if (places === undefined) unreadFiles.push(uri);
    else found.set(uri.toString(), places);
    report(vscode.l10n.t('{0} of {1} files', ++done, uris.length), (100 * done) / uris.length);
  });
  // In the order of the files, not in that of the reading.
  const places = uris.flatMap((uri) => found.get(uri.toString()) ?? []);
  return {
    ...groupImages(places),
    searchedFiles: uris.length,
    files: new Set(places.map(({ place }) => place.uri.toString())).size,
    unreadFiles,
    isTruncated,
  };
}

interface Found {
  readonly mention: ImageMention;
  readonly place: WorkspacePlace;
}

async function findFiles(signal: AbortSignal): ReturnType<typeof findWorkspaceFiles> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => source.cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await findWorkspaceFiles(source.token);
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

async function findInFile(mentions: DocumentMentions, uri: vscode.Uri): Promise<readonly Found[] | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  const text = open?.getText() ?? (await readWorkspaceFile(uri));
  if (text === undefined) return undefined;
  const found = await (open === undefined ? mentions.inText(text, uri) : mentions.of(open));
  if (found.length === 0) return [];
  const placeOf = linePlaces(text);
  return found.map((mention) => ({ mention, place: { uri, offset: mention.start, ...placeOf(mention.start) } }));
}

function groupImages(found: readonly Found[]): Pick<WorkspaceImages, 'images' | 'unknown'> {
  const images = new Map<string, { reference: ImageReference; places: WorkspacePlace[] }>();
  const unknown = new Map<string, UnknownImage & { readonly places: WorkspacePlace[] }>();
  for (const { mention, place } of found) {
    const { reference, raw } = mention;
    const why: UnknownImage['why'] = mention.isOutput
      ? 'made'
      : mention.unresolved === undefined
        ? 'invalid'
        : 'unresolved';
    const group =
      reference === undefined || why === 'made'
        ? entry(unknown, `${why} ${raw}`, () => ({ raw, why, places: [] }))
        : entry(images, `${reference.canonical} ${reference.tag ?? ''}`, () => ({ reference, places: [] }));
    group.places.push(place);
  }
  return {
    images: [...images.values()].toSorted((a, b) => compare(a.reference.familiar, b.reference.familiar)),
    unknown: [...unknown.values()].toSorted((a, b) => compare(a.raw, b.raw)),
  };
}

function entry<T>(groups: Map<string, T>, key: string, make: () => T): T {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const made = make();
  groups.set(key, made);
  return made;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

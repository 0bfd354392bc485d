import * as vscode from 'vscode';
import {
  type ImageStatus,
  isBehind,
  type StatusGroup,
  statusGroup,
  statusGroups,
} from '../../../core/mentions/imageStatus.ts';
import { updateSteps } from '../../../core/oci/newerTags.ts';
import { commandIds } from '../../ids.ts';
import { formatDateTime } from '../../present.ts';
import type { UnknownImage, WorkspaceImage, WorkspaceImages, WorkspacePlace } from './workspaceImages.ts';

/** The images of a workspace, and how each stands. */
export interface LookedUpImages extends WorkspaceImages {
  readonly statuses: ReadonlyMap<WorkspaceImage['reference'], ImageStatus>;
  /** ISO 8601. */
  readonly at: string;
}

/** A document with its links. */
export interface LinkedText {
  readonly text: string;
  readonly links: readonly {
    readonly line: number;
    readonly start: number;
    readonly end: number;
    readonly target: vscode.Uri;
  }[];
}

/** What was found, as a Markdown document: a heading for each way in which images stand, below it the images with their places. */
export function imagesText(found: LookedUpImages): LinkedText {
  const writer = new LinkedWriter();
  writer.line(`# ${vscode.l10n.t('Images in This Workspace')}`);
  writer.line('');
  for (const line of summary(found)) writer.line(line);
  for (const group of statusGroups) {
    const images = found.images.filter((image) => statusGroup(statusOf(found, image)) === group);
    if (images.length === 0) continue;
    writer.heading(groupTitle(group), images.length);
    let said = '';
    for (const image of images.toSorted((a, b) => byMessage(statusOf(found, a), statusOf(found, b)))) {
      const status = statusOf(found, image);
      // What is said of a registry is said once.
      if (status.kind === 'failed' && status.message !== said) writer.paragraph(status.message);
      said = messageOf(status);
      writeImage(writer, image, status);
    }
  }
  writeUnknown(writer, found.unknown);
  if (found.unreadFiles.length > 0) {
    writer.heading(
      vscode.l10n.t('Files that were not searched, since they are too large or cannot be read'),
      found.unreadFiles.length,
    );
    writer.line('');
    for (const uri of found.unreadFiles) writer.linked('- ', vscode.workspace.asRelativePath(uri), uri);
  }
  return writer.finish();
}

function summary(found: LookedUpImages): readonly string[] {
  const places = [...found.images, ...found.unknown].reduce((sum, image) => sum + image.places.length, 0);
  const lines = [
    vscode.l10n.t(
      'Searched files: {0}. Files that name images: {1}. Images: {2}, in {3} places.',
      ...[found.searchedFiles, found.files, found.images.length + found.unknown.length, places].map((count) =>
        count.toLocaleString(vscode.env.language),
      ),
    ),
    vscode.l10n.t(
      'Looked up {0}. Hold Ctrl (Cmd on a Mac) and click to go to a place or to open an image.',
      formatDateTime(found.at),
    ),
  ];
  if (found.isTruncated) lines.push(vscode.l10n.t('There are more files than are searched.'));
  return lines;
}

function groupTitle(group: StatusGroup): string {
  const titles: Readonly<Record<StatusGroup, string>> = {
    missing: vscode.l10n.t('Not found'),
    behind: vscode.l10n.t('Pinned to a digest that the tag does not name any more'),
    newer: vscode.l10n.t('Newer versions'),
    failed: vscode.l10n.t('Not looked up'),
    notConnected: vscode.l10n.t('Not looked up, since the registry is not connected'),
    stopped: vscode.l10n.t('Not looked up, since you stopped it'),
    known: vscode.l10n.t('Newest in their line'),
  };
  return titles[group];
}

function writeImage(writer: LinkedWriter, { reference, places }: WorkspaceImage, status: ImageStatus): void {
  writer.line('');
  const facts = factsOf(reference, status);
  const target = commandUri(commandIds.showImage, reference.familiar);
  writer.linked('', shortened(reference), target, facts === '' ? '' : ` — ${facts}`);
  writePlaces(writer, places);
}

function writePlaces(writer: LinkedWriter, places: readonly WorkspacePlace[]): void {
  for (const { uri, line, character } of places) {
    const target = uri.with({ fragment: `L${line + 1},${character + 1}` });
    writer.linked('- ', `${vscode.workspace.asRelativePath(uri)}:${line + 1}`, target);
  }
}

function writeUnknown(writer: LinkedWriter, unknown: readonly UnknownImage[]): void {
  const groups = [
    [vscode.l10n.t('Not known here, since they have variables without a value'), 'unresolved'],
    [vscode.l10n.t('No name that an image can have'), 'invalid'],
    [vscode.l10n.t('Made here, so that a registry need not have them'), 'made'],
  ] as const;
  for (const [title, why] of groups) {
    const images = unknown.filter((image) => image.why === why);
    if (images.length === 0) continue;
    writer.heading(title, images.length);
    for (const { raw, places } of images) {
      writer.paragraph(raw.replace(/\s+/g, ' '));
      writePlaces(writer, places);
    }
  }
}

function factsOf(reference: WorkspaceImage['reference'], status: ImageStatus): string {
  if (status.kind !== 'known') return status.kind === 'missing' ? messageOf(status) : '';
  const facts: string[] = [];
  if (reference.digest !== undefined) facts.push(vscode.l10n.t('pinned'));
  if (isBehind(status)) facts.push(vscode.l10n.t('the tag names {0} now', shortDigest(status.tagDigest ?? '')));
  const newer = updateSteps.flatMap((step) => status.newer?.[step] ?? []);
  if (newer.length > 0) facts.push(vscode.l10n.t('newer: {0}', newer.join(', ')));
  if (status.newer === undefined) facts.push(vscode.l10n.t('its tags cannot be listed'));
  return facts.join('; ');
}

/** A digest in full would push what is said of it out of the window; the link has it. */
function shortened({ familiar, digest }: WorkspaceImage['reference']): string {
  return digest === undefined ? familiar : familiar.replace(digest, shortDigest(digest));
}

function shortDigest(digest: string): string {
  return `${digest.slice(0, digest.indexOf(':') + 13)}…`;
}

function byMessage(a: ImageStatus, b: ImageStatus): number {
  const [messageA, messageB] = [messageOf(a), messageOf(b)];
  return a.kind !== 'failed' || messageA === messageB ? 0 : messageA < messageB ? -1 : 1;
}

function messageOf(status: ImageStatus): string {
  return 'message' in status ? status.message : '';
}

function statusOf({ statuses }: LookedUpImages, { reference }: WorkspaceImage): ImageStatus {
  return statuses.get(reference) ?? { kind: 'stopped' };
}

function commandUri(command: string, ...args: readonly unknown[]): vscode.Uri {
  return vscode.Uri.parse(`command:${command}?${encodeURIComponent(JSON.stringify(args))}`);
}

class LinkedWriter {
  readonly #lines: string[] = [];
  readonly #links: LinkedText['links'][number][] = [];

  line(text: string): void {
    this.#lines.push(text);
  }

  heading(title: string, count: number): void {
    this.#lines.push('', `## ${title}: ${count.toLocaleString(vscode.env.language)}`);
  }

  paragraph(text: string): void {
    this.#lines.push('', text);
  }

  linked(before: string, text: string, target: vscode.Uri, after = ''): void {
    const start = before.length;
    this.#links.push({ line: this.#lines.length, start, end: start + text.length, target });
    this.#lines.push(`${before}${text}${after}`);
  }

  finish(): LinkedText {
    return { text: `${this.#lines.join('\n')}\n`, links: this.#links };
  }
}

import * as vscode from 'vscode';
import type { ImageDetails, ImageMention, ImageReference, VulnerabilityReport } from '../../api.ts';
import { pinEdit, tagEdit, unpinEdit } from '../../core/mentions/editMention.ts';
import { type NewerTags, updateSteps } from '../../core/oci/newerTags.ts';
import { severities, summarizeScan } from '../../core/scanSummary.ts';
import { commandIds } from '../ids.ts';
import { formatDate, formatSize } from '../present.ts';
import { cell, code, heading, link, separator, trusted } from './hoverMarkdown.ts';
import type { ImageFacts } from './imageFacts.ts';
import { placeOf } from './mentionEdits.ts';
import { signersText } from './signers.ts';

/** What the links of a hover act on. */
export interface HoverPlace {
  readonly document: vscode.TextDocument;
  readonly mention: ImageMention;
}

/** All that is known of an image, and what can be done with it. */
export function describeImage(place: HoverPlace, reference: ImageReference, facts: ImageFacts): vscode.MarkdownString {
  const { image, pushedAt, newer, scan, signatures } = facts;
  const content = trusted();
  heading(content, reference);
  const rows = [
    [vscode.l10n.t('Digest'), code(image.digest)],
    [vscode.l10n.t('Tag'), tagText(reference, facts)],
    [vscode.l10n.t('Platforms'), image.platforms.map(code).join(' ')],
    [vscode.l10n.t('Size'), sizeText(image)],
    [vscode.l10n.t('Created'), image.createdAt === undefined ? '' : formatDate(image.createdAt)],
    [vscode.l10n.t('Pushed'), pushedAt === undefined ? '' : formatDate(pushedAt)],
    [vscode.l10n.t('Base'), annotation(image, 'org.opencontainers.image.base.name')],
    [vscode.l10n.t('Source'), annotation(image, 'org.opencontainers.image.source')],
    [vscode.l10n.t('Signed by'), cell(signersText(signatures))],
    [vscode.l10n.t('Vulnerabilities'), scan === undefined ? '' : cell(scanText(scan))],
    [vscode.l10n.t('Newer'), newerText(place, newer)],
  ];
  content.appendMarkdown('|  |  |\n|:--|:--|\n');
  for (const [name, value] of rows)
    if (value !== '') content.appendMarkdown(`| ${`${name}`.replaceAll(' ', '&nbsp;')}&nbsp; | ${value} |\n`);
  content.appendMarkdown(`\n${actions(place, reference, facts).join(separator)}`);
  return content;
}

/** What a tag that is written beside a digest names now; the tags of a digest that is written alone. */
function tagText({ tag, digest }: ImageReference, { tagDigest, tags }: ImageFacts): string {
  if (digest === undefined) return '';
  if (tag === undefined) return tags.map(code).join(' ');
  if (tagDigest === undefined) return '';
  if (tagDigest === digest) return vscode.l10n.t('{0} names this digest', code(tag));
  return vscode.l10n.t('$(warning) {0} names another image now: {1}', code(tag), code(tagDigest));
}

function sizeText(image: ImageDetails): string {
  const size = formatSize(image.size);
  return image.platforms.length > 1 && image.platform !== undefined ? `${size} (${image.platform})` : size;
}

function annotation(image: ImageDetails, name: string): string {
  const value = image.annotations[name];
  return value === undefined ? '' : code(value.slice(0, 200));
}

/** `2 critical, 5 high of 41 (Trivy, Jun 1, 2025)`. A registry that has not scanned says nothing about the image. */
function scanText(scan: VulnerabilityReport): string {
  if (scan.status !== 'done') return '';
  const { counts, total } = summarizeScan(scan);
  const words = {
    critical: vscode.l10n.t('{0} critical', counts.critical),
    high: vscode.l10n.t('{0} high', counts.high),
    medium: vscode.l10n.t('{0} medium', counts.medium),
    low: vscode.l10n.t('{0} low', counts.low),
    negligible: vscode.l10n.t('{0} negligible', counts.negligible),
    unknown: vscode.l10n.t('{0} of unknown severity', counts.unknown),
  };
  const found = severities.filter((severity) => counts[severity] > 0).map((severity) => words[severity]);
  const by = [scan.scanner, scan.scannedAt === undefined ? undefined : formatDate(scan.scannedAt)];
  const source = by.filter((part) => part !== undefined).join(', ');
  const text = total === 0 ? vscode.l10n.t('none known') : found.join(', ');
  return source === '' ? text : `${text} (${source})`;
}

/** Each is a link where the file can be changed by it. */
function newerText({ document, mention }: HoverPlace, newer: NewerTags): string {
  return updateSteps
    .flatMap((step) => newer[step] ?? [])
    .map((tag) => {
      const canEdit = tagEdit(document.getText(), mention, tag) !== undefined;
      return canEdit ? link('', tag, commandIds.updateTag, { ...placeOf(document, mention), tag }) : code(tag);
    })
    .join(' · ');
}

function actions({ document, mention }: HoverPlace, reference: ImageReference, facts: ImageFacts): readonly string[] {
  const where = placeOf(document, mention);
  const image = { kind: 'link', reference: reference.familiar };
  const links = [link('$(package)', vscode.l10n.t('Show image'), commandIds.showImage, reference.familiar)];
  const canPin = pinEdit(mention, '') !== undefined;
  if (reference.digest === undefined && canPin)
    links.push(link('$(pinned)', vscode.l10n.t('Pin to digest'), commandIds.pinDigest, where));
  if (isBehind(reference, facts) && canPin)
    links.push(link('$(pinned)', vscode.l10n.t('Update digest'), commandIds.pinDigest, where));
  if (unpinEdit(mention) !== undefined)
    links.push(link('$(pin)', vscode.l10n.t('Unpin'), commandIds.unpinDigest, where));
  links.push(
    link('$(list-tree)', vscode.l10n.t('Reveal in view'), commandIds.reveal, reference.familiar),
    link('$(cloud-download)', vscode.l10n.t('Pull'), commandIds.pull, image),
    link('$(copy)', vscode.l10n.t('Copy pinned'), commandIds.copyPinnedReference, image),
  );
  const other = comparedTag(reference, facts);
  if (other !== undefined) {
    const { registry, repository } = reference;
    const label = vscode.l10n.t('Compare with {0}', other);
    const newer = { kind: 'link', reference: `${registry}/${repository}:${other}` };
    links.push(link('$(diff)', label, commandIds.compare, image, newer));
  }
  return links;
}

function isBehind({ digest }: ImageReference, { tagDigest }: ImageFacts): boolean {
  return digest !== undefined && tagDigest !== undefined && tagDigest !== digest;
}

/** What people would go to next; with a digest that is behind its tag, what the tag names now. */
function comparedTag(reference: ImageReference, facts: ImageFacts): string | undefined {
  if (isBehind(reference, facts)) return reference.tag;
  const { minor, patch, major } = facts.newer;
  return minor ?? patch ?? major;
}

import * as vscode from 'vscode';
import type { ImageDetails } from '../../api.ts';
import type { AllItems } from '../../core/allPages.ts';
import type { UntaggedImage } from '../../core/untagged.ts';
import type { ImagePlace } from '../files/imageUris.ts';
import { filesNode } from './fileNodes.ts';
import {
  layerNode,
  moreNode,
  noticeNode,
  type PlatformNode,
  platformNode,
  type TagNode,
  type TreeNode,
  type UntaggedNode,
  untaggedImageNode,
} from './nodes.ts';

/** The images of a repository that no tag names. */
export function untaggedRows(
  node: UntaggedNode,
  { items, isTruncated }: AllItems<UntaggedImage>,
  limit: number,
): TreeNode[] {
  if (items.length === 0) return [noticeNode(node, 'info', vscode.l10n.t('Every image here has a tag.'))];
  const rows: TreeNode[] = items.slice(0, limit).map((image) => untaggedImageNode(node, image));
  if (rows.length < items.length) rows.push(moreNode(node, rows.length, isTruncated ? undefined : items.length));
  return rows;
}

/** What is below a tag or a platform: its platforms, or its files and layers. */
export function imageRows(
  node: TagNode | PlatformNode,
  image: ImageDetails,
  place: ImagePlace | undefined,
): TreeNode[] {
  if (node.kind === 'tag' && image.platforms.length > 1) {
    return image.platforms.map((platform) => platformNode(node, platform));
  }
  if (image.layers.length === 0) return [noticeNode(node, 'info', vscode.l10n.t('It has no layers.'))];
  const layers = image.layers.map((layer, index) => layerNode(node, layer, index + 1, place));
  return place === undefined ? layers : [filesNode(node, place), ...layers];
}

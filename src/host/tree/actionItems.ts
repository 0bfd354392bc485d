import * as vscode from 'vscode';
import { machineName } from '../machineName.ts';
import type { MoreNode, OfferNode, OpenNode, PagesNode, UnknownNode } from './nodes.ts';
import { present } from './presentParts.ts';
import { rowCommand } from './rowCommand.ts';

const { None } = vscode.TreeItemCollapsibleState;

// Rows that do something when they are chosen, in place of showing something.

export function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Load more'), None);
  const count = (value: number): string => value.toLocaleString(vscode.env.language);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.description =
    node.total === undefined
      ? vscode.l10n.t('{0} shown', count(node.shown))
      : vscode.l10n.t('{0} of {1}', count(node.shown), count(node.total));
  item.contextValue = 'more';
  item.command = rowCommand();
  return item;
}

export function pagesItem(node: PagesNode): vscode.TreeItem {
  const count = (value: number): string => value.toLocaleString(vscode.env.language);
  const isReading = node.state === 'reading';
  const title = isReading ? vscode.l10n.t('Reading more tags… Click to stop.') : vscode.l10n.t('Load all tags');
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon(isReading ? 'loading~spin' : 'cloud-download');
  item.description =
    node.total === undefined
      ? vscode.l10n.t('{0} so far', count(node.read))
      : vscode.l10n.t('{0} of {1}', count(node.read), count(node.total));
  item.contextValue = node.state;
  item.command = rowCommand();
  return item;
}

export function unknownItem(node: UnknownNode): vscode.TreeItem {
  const count = node.count.toLocaleString(vscode.env.language);
  const title = vscode.l10n.t('{0} tags are not looked at yet. Click to load them.', count);
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon('question');
  item.tooltip = [
    title,
    vscode.l10n.t('Whether they match, and where they stand, is known once their images are read.'),
  ].join('\n');
  // Else screen readers would be told the tooltip, as one line.
  item.accessibilityInformation = { label: title };
  item.contextValue = 'unknown';
  item.command = rowCommand();
  return item;
}

export function openItem(_node: OpenNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Open an image by name…'), None);
  item.iconPath = new vscode.ThemeIcon('go-to-file');
  item.contextValue = 'open';
  item.command = rowCommand();
  return item;
}

export function offerItem(node: OfferNode): vscode.TreeItem {
  const names = [...new Set(node.registries.map(({ registry }) => registry))];
  const [first = '', second = ''] = names;
  const label =
    names.length === 1
      ? vscode.l10n.t('Add {0}…', first)
      : names.length === 2
        ? vscode.l10n.t('Add {0} and {1}…', first, second)
        : vscode.l10n.t('Add {0} and {1} others…', first, names.length - 1);
  const item = new vscode.TreeItem(label, None);
  item.iconPath = new vscode.ThemeIcon('key');
  item.description = vscode.l10n.t('logged in on {0}', machineName());
  item.tooltip = [
    vscode.l10n.t('Docker or Podman on {0} is logged in to these registries:', machineName()),
    ...node.registries.map(({ registry, path, account }) => present([registry + path, account]).join(' · ')),
    vscode.l10n.t('Their logins are used where they are.'),
  ].join('\n');
  item.contextValue = 'offer';
  item.accessibilityInformation = { label: `${label} ${item.description}` };
  item.command = rowCommand();
  return item;
}

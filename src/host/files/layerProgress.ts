import * as vscode from 'vscode';
import type { LayerProgress } from '../../core/image/ports.ts';
import { formatSize } from '../present.ts';

/** `12.3 MB of 40 MB, 1,234 entries` */
export function layerProgress({ read, total, entries }: LayerProgress): string {
  const found = entries.toLocaleString(vscode.env.language);
  return vscode.l10n.t('{0} of {1}, {2} entries', formatSize(read), formatSize(total), found);
}

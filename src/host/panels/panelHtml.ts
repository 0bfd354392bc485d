import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Folders that a panel may read from. */
export function panelRoots(extensionUri: vscode.Uri): readonly vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview'), vscode.Uri.joinPath(extensionUri, 'media')];
}

/** Of its tab. */
export function panelIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `panel-${theme}.svg`);
  return { light: icon('light'), dark: icon('dark') };
}

/** The page of a panel. Scripts run by nonce only, and nothing is loaded from anywhere but the extension itself. */
export function panelHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  panel: { readonly script: string; readonly styles: readonly string[]; readonly title: string },
): string {
  const nonce = randomBytes(16).toString('base64url');
  const resource = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  const styles = panel.styles.map((name) => `<link rel="stylesheet" href="${resource('media', name)}">`).join('\n  ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(panel.title)}</title>
  <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${resource('dist', 'webview', 'codicon.css')}">
  ${styles}
</head>
<body>
  <div id="root"></div>
  <script nonce="${nonce}" src="${resource('dist', 'webview', panel.script)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

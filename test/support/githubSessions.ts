import { mkdir, writeFile } from 'node:fs/promises';

/** The account that {@link writeGithubSessions} signs in to. */
export const githubAccount = 'Octocat';

const manifest = {
  // VS Code's own extension gives way to a newer one of its name.
  name: 'github-authentication',
  publisher: 'vscode',
  displayName: 'Sessions of GitHub for tests',
  version: '99.0.0',
  engines: { vscode: '^1.105.0' },
  main: './extension.cjs',
  extensionKind: ['workspace'],
  activationEvents: ['*'],
  contributes: { authentication: [{ id: 'github', label: 'GitHub' }] },
};

/**
 * Writes an extension that stands for VS Code's own of GitHub, which would ask github.com: whoever signs in is
 * Octocat. What scopes a session was made for stands in `sessions.txt` of the folder, a line a session.
 * https://code.visualstudio.com/api/references/vscode-api#AuthenticationProvider
 */
export async function writeGithubSessions(folder: string, token: string): Promise<string> {
  await mkdir(folder);
  await writeFile(`${folder}/package.json`, JSON.stringify(manifest));
  await writeFile(
    `${folder}/extension.cjs`,
    `const { appendFileSync } = require('node:fs');
const vscode = require('vscode');
const sessions = [];
const changes = new vscode.EventEmitter();
const provider = {
  onDidChangeSessions: changes.event,
  getSessions: async (scopes = []) => sessions.filter((session) => scopes.every((scope) => session.scopes.includes(scope))),
  createSession: async (scopes) => {
    const account = { id: '1', label: ${JSON.stringify(githubAccount)} };
    const session = { id: String(sessions.length), accessToken: ${JSON.stringify(token)}, account, scopes };
    sessions.push(session);
    appendFileSync(${JSON.stringify(`${folder}/sessions.txt`)}, scopes.join(' ') + '\\n');
    changes.fire({ added: [session], removed: [], changed: [] });
    return session;
  },
  removeSession: async () => {},
};
exports.activate = (context) => {
  context.subscriptions.push(vscode.authentication.registerAuthenticationProvider('github', 'GitHub', provider));
};
`,
  );
  return folder;
}

import * as vscode from 'vscode';
import type { Log } from '../core/ports.ts';
import type { AuthenticationSessions } from '../node/vscodeCredentials.ts';
import { logError } from './log.ts';

/** The accounts that VS Code is signed in to. Without `createIfNone` nothing is shown, not even a badge. */
export function authenticationSessions(log: Log): AuthenticationSessions {
  return {
    get: async (providerId, scopes, { createIfNone }) => {
      try {
        const how = createIfNone ? { createIfNone } : { silent: true };
        const session = await vscode.authentication.getSession(providerId, scopes, how);
        return session && { accessToken: session.accessToken, account: session.account.label };
      } catch (error) {
        // The user said no, or this VS Code has no such provider.
        logError(log, `Signing in by ${providerId}`, error);
        return undefined;
      }
    },
  };
}

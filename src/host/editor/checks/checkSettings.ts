import * as vscode from 'vscode';
import type { CheckName } from '../../../core/mentions/checks.ts';
import { settingIds } from '../../ids.ts';

const settings: Readonly<Record<CheckName, string>> = {
  invalid: settingIds.checkInvalid,
  notFound: settingIds.checkNotFound,
  platform: settingIds.checkPlatform,
  digestMismatch: settingIds.checkDigestMismatch,
  behind: settingIds.checkBehind,
  latest: settingIds.checkLatest,
  deprecated: settingIds.checkDeprecated,
  plainHttp: settingIds.checkPlainHttp,
};

const severities: Readonly<Record<string, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** How severe each check is for a document; those that are off are absent. */
export function checkSeverities({ uri }: vscode.TextDocument): ReadonlyMap<CheckName, vscode.DiagnosticSeverity> {
  const configuration = vscode.workspace.getConfiguration(undefined, uri);
  const found = new Map<CheckName, vscode.DiagnosticSeverity>();
  if (configuration.get<boolean>(settingIds.checksEnabled) === false) return found;
  for (const [name, id] of Object.entries(settings)) {
    const severity = severities[configuration.get<string>(id) ?? 'off'];
    if (severity !== undefined) found.set(name as CheckName, severity);
  }
  return found;
}

export function affectsChecks(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('gantry.checks');
}

export function openCheckSettings(check: CheckName): vscode.Command {
  const title = vscode.l10n.t('Change what is checked…');
  return { title, command: 'workbench.action.openSettings', arguments: [settings[check]] };
}

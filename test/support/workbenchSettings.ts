import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outFolder } from './paths.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** VS Code's own names of its themes. */
export const themes = {
  light: 'Light 2026',
  dark: 'Dark 2026',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
} as const;

export type Theme = keyof typeof themes;

/** No greetings, recommendations, or questions over what is tested or pictured. */
export const quietSettings: Settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  // Else those of a view show only while the pointer is over it, once there are two.
  'workbench.view.alwaysShowHeaderActions': true,
};

export async function writeSettings(file: string, settings: Settings): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(settings, null, 2));
}

/** Where the VS Code server reads the user's settings. */
export function userSettingsFile(dataFolder: string): string {
  return join(dataFolder, 'data/User/settings.json');
}

/** Settings of scope `machine` count for a server only when they stand here. */
export function machineSettingsFile(dataFolder: string): string {
  return join(dataFolder, 'data/Machine/settings.json');
}

/** Places where docker and podman have left no logins: what is tested depends on nobody's own. */
export const withoutLogins: Readonly<Record<string, string>> = {
  DOCKER_CONFIG: join(outFolder, 'no-logins'),
  REGISTRY_AUTH_FILE: join(outFolder, 'no-logins', 'auth.json'),
};

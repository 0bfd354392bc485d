import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../support/paths.ts';

/** The parts of package.json that VS Code reads and the code has to agree with. */
export interface ExtensionManifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly viewsContainers: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly MenuItem[];
    readonly configuration: ConfigurationSection | readonly ConfigurationSection[];
  };
}

/** A key binding is a menu item as far as these tests go. */
export interface MenuItem {
  /** Absent for a submenu. */
  readonly command?: string;
  readonly when?: string;
}

interface ConfigurationSection {
  readonly properties: Readonly<Record<string, unknown>>;
}

export function readManifest(): ExtensionManifest {
  return readJson('package.json') as ExtensionManifest;
}

/** The English texts, by the keys that package.json has in their places as `%key%`. */
export function readManifestTexts(): ReadonlyMap<string, string> {
  return new Map(Object.entries(readJson('package.nls.json') as Record<string, string>));
}

/** Every string in a JSON value; the names of properties are none. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(repositoryFolder, path), 'utf8'));
}

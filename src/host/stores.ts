import type * as vscode from 'vscode';
import type { SecretStore, StateStore } from '../core/ports.ts';

export function secretStore(secrets: vscode.SecretStorage): SecretStore {
  return {
    get: async (key) => secrets.get(key),
    set: async (key, value) => secrets.store(key, value),
    delete: async (key) => secrets.delete(key),
  };
}

/**
 * A memento sends all of its values with every update, and takes back what was stored: an update made in between can be
 * lost, and what is read then can be old. So updates follow one another, and what was set counts until it is stored.
 */
export function stateStore(memento: vscode.Memento): StateStore {
  const unsaved = new Map<string, { readonly value: unknown }>();
  let last: Promise<void> = Promise.resolve();

  async function save(key: string, entry: { readonly value: unknown }): Promise<void> {
    // A newer value of the same key follows.
    if (unsaved.get(key) !== entry) return;
    try {
      await memento.update(key, entry.value);
    } finally {
      if (unsaved.get(key) === entry) unsaved.delete(key);
    }
  }

  return {
    get: (key) => {
      const entry = unsaved.get(key);
      return entry === undefined ? memento.get(key) : entry.value;
    },
    set: (key, value) => {
      const entry = { value };
      unsaved.set(key, entry);
      const saved = last.then(() => save(key, entry));
      last = saved.catch(() => {});
      return saved;
    },
  };
}

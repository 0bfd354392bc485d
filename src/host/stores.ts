import type * as vscode from 'vscode';
import type { SecretStore, StateStore } from '../core/ports.ts';

export function secretStore(secrets: vscode.SecretStorage): SecretStore {
  return {
    get: async (key) => secrets.get(key),
    set: async (key, value) => secrets.store(key, value),
    delete: async (key) => secrets.delete(key),
  };
}

export function stateStore(memento: vscode.Memento): StateStore {
  return { get: (key) => memento.get(key), set: async (key, value) => memento.update(key, value) };
}

import type * as vscode from 'vscode';
import type { Log, Ports, SecretStore, StateStore } from '../core/ports.ts';
import { machineArchitecture } from '../node/architecture.ts';
import { createFiles } from '../node/files.ts';
import { createHash } from '../node/hash.ts';
import { lazyFindEngine } from '../node/lazyFindEngine.ts';
import { createMachineCredentials } from '../node/machineCredentials.ts';
import type { Transport } from '../node/network.ts';

/** The ports of the core, made of what VS Code and Node offer. */
export function createPorts(context: vscode.ExtensionContext, transport: Transport, log: Log): Ports {
  return {
    send: transport.send,
    createHash,
    secrets: secretStore(context.secrets),
    machineCredentials: createMachineCredentials(log),
    state: stateStore(context.globalState),
    files: createFiles(),
    findEngine: lazyFindEngine,
    log,
    now: Date.now,
    architecture: machineArchitecture(),
  };
}

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

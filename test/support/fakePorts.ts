import type { ImagePorts } from '../../src/core/image/ports.ts';
import type { ContentStore, DataStore, Files, Log, SecretStore, StateStore } from '../../src/core/ports.ts';
import { createHash } from '../../src/node/hash.ts';

/** Ports that keep everything in memory, and show it. Nothing can be sent, unless told; the clock stands still. */
export interface FakePorts extends ImagePorts {
  /** What the secret store holds. */
  readonly secretValues: ReadonlyMap<string, string>;
  /** What the state holds. */
  readonly stateValues: ReadonlyMap<string, unknown>;
  /** What the data store holds. */
  readonly dataValues: ReadonlyMap<string, string>;
  /** `level: message`. */
  readonly logLines: readonly string[];
}

export function fakePorts(ports: Partial<ImagePorts> = {}): FakePorts {
  const secretValues = new Map<string, string>();
  const stateValues = new Map<string, unknown>();
  const dataValues = new Map<string, string>();
  const logLines: string[] = [];
  return {
    secretValues,
    stateValues,
    dataValues,
    logLines,
    openTransport:
      () =>
      async ({ method, url }) =>
        unexpected(`${method} ${url} was sent`),
    createHash,
    secrets: memorySecrets(secretValues),
    machineCredentials: { find: async () => undefined, list: async () => [], discover: async () => [] },
    state: memoryState(stateValues),
    data: memoryData(dataValues),
    files: noFiles,
    store: memoryStore(),
    layers: {
      readLayer: async () => unexpected('a layer was read'),
      readToc: async () => unexpected('a table of contents was read'),
      unpackFrom: () => unexpected('a part of a layer was unpacked'),
      gzip: () => unexpected('a layer was packed'),
    },
    foreignAdapters: { kinds: () => [], load: async () => undefined, onDidChange: () => ({ dispose: () => {} }) },
    findEngine: async () => unexpected('a container engine was looked for'),
    log: keptLog(logLines),
    now: () => 0,
    // Nobody waits in tests.
    sleep: async () => {},
    architecture: 'amd64',
    scratchFolder: '/nowhere/scratch',
    ...ports,
  };
}

const noFiles: Files = {
  status: async (path) => unexpected(`${path} was looked for`),
  list: async (path) => unexpected(`${path} was listed`),
  read: (path) => unexpected(`${path} was read`),
  makeFolder: async (path) => unexpected(`${path} was made`),
  write: async (path) => unexpected(`${path} was written`),
  writeInParts: async (path) => unexpected(`${path} was written`),
  change: async (path) => unexpected(`${path} was changed`),
  clean: async (path) => unexpected(`${path} was cleaned`),
  remove: async (path) => unexpected(`${path} was removed`),
  moveFolder: async (path) => unexpected(`${path} was moved`),
  openTree: (path) => unexpected(`files were to be written into ${path}`),
  freeSpace: async (path) => unexpected(`the space in ${path} was asked for`),
};

function unexpected(what: string): never {
  throw new Error(`${what}, where nothing of the kind should be`);
}

function memorySecrets(values: Map<string, string>): SecretStore {
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  };
}

/** A content store without a disk. */
export function memoryStore(values = new Map<string, Uint8Array>()): ContentStore {
  return {
    quota: 64 * 1024 * 1024,
    read: async (key) => {
      const bytes = values.get(key);
      return bytes && { size: bytes.length, chunks: inOrder([bytes]) };
    },
    write: async (key, chunks) => {
      const all: Uint8Array[] = [];
      for await (const chunk of chunks) all.push(chunk);
      values.set(key, Buffer.concat(all));
    },
  };
}

async function* inOrder(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}

/** Values come back as JSON brings them back. */
function memoryState(values: Map<string, unknown>): StateStore {
  return {
    get: (key) => values.get(key),
    set: async (key, value) => void values.set(key, JSON.parse(JSON.stringify(value))),
  };
}

function memoryData(values: Map<string, string>): DataStore {
  return {
    read: async (name) => values.get(name),
    write: async (name, text) => void values.set(name, text),
    delete: async (name) => void values.delete(name),
  };
}

function keptLog(lines: string[]): Log {
  const keep = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

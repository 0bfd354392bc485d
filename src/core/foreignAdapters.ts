import type { ApiAuth, ApiOrigin, RegistryAdapter } from '../api.ts';
import { type AdapterKind, adapterKinds } from './adapters/kinds.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import { oneLine } from './oneLine.ts';
import type { ForeignAdapterSource, Log } from './ports.ts';
import { printable } from './printable.ts';

/** An adapter that the manifest of another extension announces. */
export interface AnnouncedAdapter {
  readonly extensionId: string;
  /** As it stands in the manifest: foreign data. */
  readonly declaration: unknown;
}

export interface ForeignAdapterHost {
  /** Of all extensions, without running any. */
  announced(): readonly AnnouncedAdapter[];
  /** Runs an extension, which then registers its adapters. */
  activate(extensionId: string): Promise<void>;
}

/** Hosts and APIs of one adapter; nobody needs more. */
const mostParts = 100;
const apiAuths: readonly ApiAuth[] = ['registry', 'basic', 'bearer', 'none'];

/**
 * The adapters of other extensions: those that have been registered, and those that manifests announce, whose extension
 * is run when a registry of theirs is opened.
 */
export class ForeignAdapters implements ForeignAdapterSource {
  readonly #host: ForeignAdapterHost;
  readonly #log: Pick<Log, 'warn'>;
  readonly #registered = new Map<string, RegistryAdapter>();
  readonly #listeners = new Set<(id: string) => void>();
  /** Mistakes that the log has been told of. */
  readonly #reported = new Set<string>();

  constructor(host: ForeignAdapterHost, log: Pick<Log, 'warn'>) {
    this.#host = host;
    this.#log = log;
  }

  /** Throws `invalid` for what is no adapter, `conflict` for an id that is taken. */
  register(candidate: RegistryAdapter): { dispose(): void } {
    const adapter = readAdapter(candidate);
    if (this.#registered.has(adapter.id)) {
      throw new RegistryError('conflict', `An adapter "${adapter.id}" is registered already.`);
    }
    this.#registered.set(adapter.id, adapter);
    this.#changed(adapter.id);
    return {
      dispose: () => {
        if (this.#registered.get(adapter.id) !== adapter) return;
        this.#registered.delete(adapter.id);
        this.#changed(adapter.id);
      },
    };
  }

  kinds(): readonly AdapterKind[] {
    const announced = this.#announced().map(({ kind }) => kind);
    return [...this.#registered.values(), ...announced.filter(({ id }) => !this.#registered.has(id))];
  }

  /** Runs the extension that announces it, where that is still to be done; `undefined` when nobody has such an adapter. */
  async load(id: string): Promise<RegistryAdapter | undefined> {
    const known = this.#registered.get(id);
    const announced = known === undefined ? this.#announced().find(({ kind }) => kind.id === id) : undefined;
    if (known !== undefined || announced === undefined) return known;
    const { extensionId, kind } = announced;
    let cause: unknown;
    try {
      await this.#host.activate(extensionId);
    } catch (error) {
      cause = error;
    }
    const adapter = this.#registered.get(id);
    if (adapter !== undefined) return adapter;
    const reason = cause === undefined ? 'it did not register it' : `it could not be started: "${messageOf(cause)}"`;
    throw new RegistryError(
      'unsupported',
      `The extension ${extensionId} announces an adapter for ${kind.label}, but ${reason}. Update or disable that extension, or choose another kind for this registry.`,
      { cause },
    );
  }

  /** Calls back with the id of an adapter that has come or gone. */
  onDidChange(listener: (id: string) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  #changed(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }

  #announced(): readonly { readonly extensionId: string; readonly kind: AdapterKind }[] {
    const found = new Map<string, { readonly extensionId: string; readonly kind: AdapterKind }>();
    for (const { extensionId, declaration } of this.#host.announced()) {
      try {
        const kind = readKind(declaration as AdapterKind);
        if (!found.has(kind.id)) found.set(kind.id, { extensionId, kind });
      } catch (error) {
        this.#report(`The extension ${extensionId} announces an adapter that is none: ${messageOf(error)}`);
      }
    }
    return [...found.values()];
  }

  #report(message: string): void {
    if (this.#reported.has(message)) return;
    this.#reported.add(message);
    this.#log.warn(message);
  }
}

/** A copy, so that what was checked stays so. */
function readAdapter(candidate: RegistryAdapter): RegistryAdapter {
  const kind = readKind(candidate);
  const { open, apis = [] } = candidate;
  if (typeof open !== 'function') throw invalid(kind.id, 'it has no method "open"');
  if (!Array.isArray(apis) || apis.length > mostParts) throw invalid(kind.id, 'its "apis" is no list');
  return {
    ...kind,
    apis: apis.map((api: ApiOrigin) => readApi(kind.id, api)),
    open: (target, context) => open.call(candidate, target, context),
  };
}

function readKind(candidate: AdapterKind): AdapterKind {
  const { id, label, hosts, icon } = (candidate ?? {}) as Readonly<Record<keyof AdapterKind, unknown>>;
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) {
    throw invalid(id, 'its "id" is not of lower-case letters, digits and "-"');
  }
  if (adapterKinds.some((kind) => kind.id === id))
    throw new RegistryError('conflict', `"${id}" is an adapter of Gantry.`);
  if (typeof label !== 'string' || oneLine(label) === '') throw invalid(id, 'it has no "label"');
  if (!Array.isArray(hosts) || hosts.length > mostParts || !hosts.every(isHostPattern)) {
    throw invalid(id, 'its "hosts" are not hosts such as "registry.example.com" or "*.example.com"');
  }
  const hasIcon = typeof icon === 'string' && /^[a-z][a-z-]{0,63}$/.test(icon);
  return { id, label: oneLine(label), hosts: [...hosts], ...(hasIcon && { icon }) };
}

/** With at least two labels after `*`, so that nobody takes all of `*.com`. */
function isHostPattern(pattern: unknown): pattern is string {
  return (
    typeof pattern === 'string' &&
    pattern.length <= 255 &&
    /^(?:\*(?:\.[a-z0-9-]+){2,}|\{?[a-z0-9-]+\}?(?:\.\{?[a-z0-9-]+\}?)*)(?::\d{1,5})?$/i.test(pattern)
  );
}

function readApi(adapterId: string, api: ApiOrigin): ApiOrigin {
  const { id, origin, auth } = (api ?? {}) as Readonly<Record<keyof ApiOrigin, unknown>>;
  if (typeof id !== 'string' || id === '') throw invalid(adapterId, 'one of its "apis" has no "id"');
  if (typeof origin !== 'string' || !/^(?:https:\/\/[a-z0-9.{}-]+(?::\d{1,5})?|\{(?:origin|realm)\})$/i.test(origin)) {
    throw invalid(adapterId, `the origin of its API "${printable(id)}" is not of https`);
  }
  const known = apiAuths.find((kind) => kind === auth);
  if (known === undefined) throw invalid(adapterId, `the "auth" of its API "${printable(id)}" is unknown`);
  return { id, origin, auth: known };
}

function invalid(id: unknown, reason: string): RegistryError {
  const name = typeof id === 'string' ? printable(id) : 'without an id';
  return new RegistryError('invalid', `The adapter "${name}" cannot be used: ${reason}.`);
}

function messageOf(error: unknown): string {
  return isRegistryError(error) ? error.message : oneLine(String(error instanceof Error ? error.message : error));
}

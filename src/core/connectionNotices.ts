import type { HostNotice } from './registry/notices.ts';

/** Something that a registry wants its users to know. */
export interface Notice extends HostNotice {
  readonly connectionId: string;
}

/** Kept of one connection; a registry that says more has said enough. */
const capacity = 20;

/** What the registries of the connections have said, each thing once. */
export class ConnectionNotices {
  readonly #notices = new Map<string, readonly Notice[]>();
  readonly #listeners = new Set<(notice: Notice) => void>();

  /** The oldest first. */
  of(connectionId: string): readonly Notice[] {
    return this.#notices.get(connectionId) ?? [];
  }

  /** Whether it is new. An allowance is told of once, whatever its number has become. */
  add(connectionId: string, notice: HostNotice): boolean {
    const known = this.of(connectionId);
    const isKnown = known.some(
      ({ kind, host, text }) =>
        kind === notice.kind && host === notice.host && (kind === 'rate-limit' || text === notice.text),
    );
    if (isKnown || known.length >= capacity) return false;
    const added = { ...notice, connectionId };
    this.#notices.set(connectionId, [...known, added]);
    for (const listener of this.#listeners) listener(added);
    return true;
  }

  forget(connectionId: string): void {
    this.#notices.delete(connectionId);
  }

  onDidAdd(listener: (notice: Notice) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}

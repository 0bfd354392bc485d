import type { StateStore } from '../ports.ts';

/** What a registry has once asked for. Nothing in it is secret. */
export type KnownChallenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | undefined };

/** Keeps the challenge of a registry between sessions, so that the next one needs no 401 to learn it. */
export interface ChallengeMemory {
  get(): KnownChallenge | undefined;
  set(challenge: KnownChallenge | undefined): void;
}

const stateKey = 'challenges';
/** Registries remembered; the oldest is forgotten first. */
const capacity = 200;

export function createChallengeMemory(state: StateStore, registry: URL): ChallengeMemory {
  const read = (): Record<string, unknown> => {
    const stored = state.get(stateKey);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  };
  return {
    get: () => parse(read()[registry.origin]),
    set: (challenge) => {
      const { [registry.origin]: known, ...others } = read();
      if (JSON.stringify(known) === JSON.stringify(challenge)) return;
      const entries = Object.entries(others).slice(-capacity + 1);
      // A challenge that is not kept costs one request.
      state
        .set(
          stateKey,
          Object.fromEntries(challenge === undefined ? entries : [...entries, [registry.origin, challenge]]),
        )
        .catch(() => {});
    },
  };
}

function parse(stored: unknown): KnownChallenge | undefined {
  const { kind, realm, service } = (stored ?? {}) as { kind?: unknown; realm?: unknown; service?: unknown };
  if (kind === 'basic') return { kind };
  if (kind !== 'bearer' || typeof realm !== 'string') return undefined;
  return { kind, realm, service: typeof service === 'string' ? service : undefined };
}

import * as vscode from 'vscode';
import type { AddConnectionOptions, ConnectionInfo } from '../../api.ts';
import { localKind } from '../../core/adapters/kinds.ts';
import { anonymousSourceId } from '../../core/credential.ts';
import { isRegistryError } from '../../core/errors.ts';
import type { PastedAddress } from '../../core/pastedAddress.ts';
import { machineName } from '../machineName.ts';
import { isCancelled } from '../present.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../services.ts';
import { askAddress } from './addRegistryAddress.ts';
import { askLogin, signInFields } from './askLogin.ts';
import { explainFailure } from './connectionFailure.ts';
import type { StepEnd } from './steps.ts';

export interface AddedRegistry {
  readonly connection: ConnectionInfo;
  /** What the pasted text named in it. */
  readonly reference?: string;
}

/** What is to be added, as far as it is known: it grows with every answer, and nothing of it is asked twice. */
export interface Draft {
  readonly address: PastedAddress;
  /** Beyond the address. */
  readonly options: Omit<AddConnectionOptions, 'url' | 'label' | 'signal'> & { readonly credentialSource?: string };
}

/** How an attempt ended, and what it was made with. */
export type Outcome = { readonly draft: Draft } & (
  | { readonly connection: ConnectionInfo }
  | { readonly error: unknown }
);

/** Tries to add a draft; `undefined` when that was stopped. */
export type Attempt = (draft: Draft, signal: AbortSignal) => Promise<Outcome | undefined>;

/**
 * Adds a registry by what somebody pastes. Asks for what is missing and for nothing else; a failure is explained with its
 * next steps, and leads back to what was typed. Nothing is stored before the registry has answered. `begun` stands in the
 * box at first.
 */
export async function addRegistry(services: Services, begun = ''): Promise<AddedRegistry | undefined> {
  const attempt: Attempt = (draft, signal) => tryToAdd(services, draft, signal);
  let typed = begun;
  for (;;) {
    const first = await askAddress(services, typed, attempt);
    if (first === undefined) return undefined;
    typed = first.typed;
    const end = await finish(services, first.outcome, attempt);
    if (end === 'given-up') return undefined;
    if (end !== 'edit') return end;
  }
}

/** From the first answer of a registry to a connection; `edit` leads back to the address. */
async function finish(
  services: Services,
  first: Outcome,
  attempt: Attempt,
): Promise<AddedRegistry | 'edit' | 'given-up'> {
  let outcome = first;
  for (;;) {
    const { draft } = outcome;
    if ('connection' in outcome) {
      const { reference } = draft.address;
      return { connection: outcome.connection, ...(reference !== undefined && { reference }) };
    }
    let next: Outcome | undefined;
    if (isLoginWanted(draft, outcome.error)) {
      const login = await askLoginFor(services, draft, attempt);
      if (login.kind === 'given-up') return 'given-up';
      next = login.kind === 'done' ? login.value : undefined;
    } else {
      const changed = await explainFailure(services, draft, outcome.error);
      if (changed === undefined) return 'edit';
      next = await withProgress(vscode.l10n.t('Connecting to {0}…', draft.address.label), (signal) =>
        attempt(changed, signal),
      );
    }
    if (next === undefined) return 'edit';
    outcome = next;
  }
}

async function tryToAdd(services: Services, draft: Draft, signal: AbortSignal): Promise<Outcome | undefined> {
  const { address, options } = draft;
  const isKnown = services.connections.all().some(({ url }) => url === address.url);
  // A registry that the user has named keeps that name.
  const label = isKnown ? {} : { label: address.label };
  try {
    return {
      draft,
      connection: await services.gantry.addConnection({ ...options, ...label, url: address.url, signal }),
    };
  } catch (error) {
    if (isCancelled(error)) return undefined;
    const encrypted = address.url.replace(/^http:/, 'https:');
    // What servers of https say to http. Addresses of this machine are taken for http, and need not be.
    if (encrypted !== address.url && isRegistryError(error) && error.status === 400)
      return tryToAdd(services, { ...draft, address: { ...address, url: encrypted } }, signal);
    return { draft, error };
  }
}

/** A login that the registry refuses stays where it was typed; what else fails has other ways on. */
async function askLoginFor(services: Services, wanted: Draft, attempt: Attempt): Promise<StepEnd<Outcome>> {
  const draft = await withKind(services, wanted);
  const { address, options } = draft;
  const { credentialSource: _source, ...withoutSource } = options;
  const username = options.username ?? address.username;
  return askLogin({
    url: address.url,
    fields: await signInFields(services, options.adapterId),
    reason: vscode.l10n.t(
      '{0} wants a login, and {1} has none that it takes.',
      new URL(address.url).host,
      machineName(),
    ),
    typed: {
      ...(username !== undefined && { username }),
      ...(options.password !== undefined && { password: options.password }),
    },
    hasStepBefore: true,
    attempt: async (login, signal) => {
      const outcome = await attempt({ ...draft, options: { ...withoutSource, ...login } }, signal);
      if (outcome !== undefined && 'error' in outcome && isRegistryError(outcome.error, 'unauthorized', 'denied'))
        throw outcome.error;
      return outcome;
    },
    anonymously: (signal) =>
      attempt({ ...draft, options: { ...options, credentialSource: anonymousSourceId } }, signal),
  });
}

/** What kind of registry wants the login says what to call it, and need not be found again after it. */
async function withKind(
  { gantry }: Services,
  draft: Draft,
): Promise<Draft & { readonly options: { readonly adapterId: string } }> {
  const { address, options } = draft;
  const { adapterId, tls } = options;
  const kind =
    adapterId ??
    (await withProgress(vscode.l10n.t('Asking {0}…', address.label), (signal) =>
      gantry.findKind(address.url, { signal, ...(tls !== undefined && { tls }) }),
    ));
  return { ...draft, options: { ...options, adapterId: kind } };
}

function isLoginWanted({ address }: Draft, error: unknown): boolean {
  return localKind(address.url) === undefined && isRegistryError(error, 'unauthorized', 'denied');
}

import type { ConnectionState, ConnectionTls, GantryErrorCode } from '../api.ts';
import { redact } from './redact.ts';

/** What a report tells of a connection: how it stands, and never who is logged in. */
export interface ConnectionFacts {
  readonly url: string;
  readonly kind: string;
  readonly origin: string;
  readonly state: ConnectionState;
  readonly lastError: GantryErrorCode | undefined;
  /** Kind of the login that it used last: `docker-config`, `gantry`, `none`. */
  readonly login: string;
  /** ISO 8601. */
  readonly loginExpiresAt: string | undefined;
  readonly tls: ConnectionTls | undefined;
  readonly notices: readonly string[];
}

export interface DiagnosticFacts {
  /** Names and values, in the order in which they are shown. */
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  /** Variables of the environment that matter for registries, those that are set. */
  readonly environment: Readonly<Record<string, string>>;
  readonly connections: readonly ConnectionFacts[];
  /** The last lines of the log. */
  readonly log: readonly string[];
}

/**
 * A report to be read and then shared. Nothing secret gets into it by design; what should have slipped into a line of the
 * log is taken out once more. `secrets` are those that Gantry keeps, `homeFolder` tells who the user is.
 */
export function formatDiagnostics(
  facts: DiagnosticFacts,
  { secrets, homeFolder }: { readonly secrets: readonly string[]; readonly homeFolder: string | undefined },
): string {
  const report = [
    '# Gantry diagnostics',
    ...section('Versions', rows(facts.versions)),
    ...section('Settings', rows(facts.settings)),
    ...section('Environment', rows(facts.environment)),
    ...section('Registries', facts.connections.flatMap(connectionLines)),
    ...section('Log', facts.log.length === 0 ? [] : ['```text', ...facts.log, '```']),
    '',
  ].join('\n');
  const shown = redact(report, secrets);
  return homeFolder === undefined || homeFolder.length < 2 ? shown : shown.replaceAll(homeFolder, '~');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return ['', `## ${title}`, '', ...(lines.length === 0 ? ['None.'] : lines)];
}

function rows(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `- ${name}: ${value}`);
}

function connectionLines(connection: ConnectionFacts): readonly string[] {
  const { url, kind, origin, state, lastError, login, loginExpiresAt, tls, notices } = connection;
  const certificates = [
    ...(tls?.ca === undefined ? [] : ['own CA']),
    ...(tls?.certificate === undefined ? [] : ['client certificate']),
    ...(tls?.insecure ? ['NOT VERIFIED'] : []),
  ];
  const facts = [
    kind,
    origin,
    state,
    ...(lastError === undefined ? [] : [`last error: ${lastError}`]),
    `login: ${login}${loginExpiresAt === undefined ? '' : ` until ${loginExpiresAt}`}`,
    ...certificates,
  ];
  return [`- ${url}: ${facts.join(', ')}`, ...notices.map((notice) => `  - ${notice}`)];
}

/** The origin of an address in a setting or a variable: what stands before an `@` is a login. */
export function originOnly(value: string): string {
  if (value === '') return 'not set';
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(withScheme)) return 'set, and no address';
  const { protocol, host, username, password } = new URL(withScheme);
  return `${protocol}//${host}${username === '' && password === '' ? '' : ' with a login'}`;
}

/** What container tools of this machine say about registries: a bundle of its own, which brings the parser of TOML along. */
import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { parse } from 'smol-toml';
import {
  type ClientCertificate,
  certificateFolders,
  hostFolders,
  type Machine,
  readClientCertificate,
} from './certificateFolders.ts';
import { type HostPort, isWithin } from './noProxy.ts';

/** Who takes a registry without verifying its certificate, or without encryption. */
export interface InsecureSource {
  /** `docker`, `podman and skopeo`, `containerd`. */
  readonly tool: string;
  readonly file: string;
}

type Table = Readonly<Record<string, unknown>>;

/** The first tool that treats a host as insecure. `resolve` gives the addresses of its name, for networks in Docker's list. */
export async function findInsecure(
  address: HostPort,
  resolve: () => Promise<readonly string[]>,
  machine: Machine,
): Promise<InsecureSource | undefined> {
  const names = hostNames(address);
  for (const file of daemonFiles(machine)) {
    const entries = texts(readJson(await readText(file))['insecure-registries']).map(withoutScheme);
    if (entries.some((entry) => names.includes(entry.toLowerCase()))) return { tool: 'docker', file };
    const networks = entries.filter((entry) => entry.includes('/'));
    const addresses = networks.length === 0 ? [] : await resolve();
    if (networks.some((network) => addresses.some((one) => isWithin(one, network)))) return { tool: 'docker', file };
  }
  for (const file of await registriesFiles(machine)) {
    if (isInsecureInRegistriesConf(readToml(await readText(file)), names)) return { tool: 'podman and skopeo', file };
  }
  for (const { file, tables } of await hostsFiles(address, machine)) {
    if (tables.some((table) => table['skip_verify'] === true)) return { tool: 'containerd', file };
  }
  return undefined;
}

/** The authorities (PEM) and the client certificate that containerd has for a host in a `hosts.toml` (docs/hosts.md). */
export async function readContainerdCertificates(
  address: HostPort,
  machine: Machine,
): Promise<{ readonly authorities: readonly string[]; readonly client: ClientCertificate | undefined }> {
  const authorities: string[] = [];
  let client: ClientCertificate | undefined;
  for (const { folder, tables } of await hostsFiles(address, machine)) {
    const path = (name: string): string => (isAbsolute(name) ? name : join(folder, name));
    for (const table of tables) {
      for (const file of texts([table['ca']].flat())) authorities.push(await readText(path(file)));
      const [certificate, key] = texts([table['client']].flat(2));
      if (certificate !== undefined)
        client ??= await readClientCertificate(path(certificate), path(key ?? certificate));
    }
  }
  return { authorities, client };
}

/** Of dockerd: the machine's, a user's own without root, and Docker Desktop's. */
function daemonFiles({ env, home, root, isWindows }: Machine): readonly string[] {
  const configHome = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const data = env['PROGRAMDATA'];
  const machines = isWindows
    ? data === undefined
      ? []
      : [join(data, 'docker', 'config', 'daemon.json')]
    : [join(root, 'etc', 'docker', 'daemon.json')];
  return [...machines, join(configHome, 'docker', 'daemon.json'), join(home, '.docker', 'daemon.json')];
}

/** containers-registries.conf(5): one file, the user's own before the machine's, and those of two folders besides. */
async function registriesFiles({ env, home, root }: Machine): Promise<readonly string[]> {
  const folders = [
    join(root, 'etc', 'containers'),
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers'),
  ];
  const named = env['CONTAINERS_REGISTRIES_CONF'];
  const mains = named ? [named] : folders.map((folder) => join(folder, 'registries.conf')).reverse();
  const main = await firstFile(mains);
  const dropIns = await Promise.all(
    folders.map(async (folder) => {
      const parent = join(folder, 'registries.conf.d');
      const names = await readdir(parent).catch(() => []);
      return names.filter((name) => name.endsWith('.conf')).map((name) => join(parent, name));
    }),
  );
  return [...(main === undefined ? [] : [main]), ...dropIns.flat()];
}

async function firstFile(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if ((await readText(file)) !== '') return file;
  return undefined;
}

function isInsecureInRegistriesConf(document: Table, names: readonly string[]): boolean {
  const registries = tables(document['registry']);
  const mirrors = registries.flatMap((registry) => tables(registry['mirror']));
  const isNamed = ({ location, prefix }: Table): boolean =>
    texts([location ?? prefix]).some((name) => {
      const host = name.replace(/\/.*$/s, '').toLowerCase();
      return names.includes(host) || (host.startsWith('*.') && names.some((one) => one.endsWith(host.slice(1))));
    });
  const isListed = [...registries, ...mirrors].some((registry) => registry['insecure'] === true && isNamed(registry));
  // The form of version 1.
  const { insecure } = table(document['registries']);
  return isListed || texts(table(insecure)['registries']).some((name) => names.includes(name.toLowerCase()));
}

interface HostsFile {
  readonly file: string;
  readonly folder: string;
  /** What of it is about this very host. */
  readonly tables: readonly Table[];
}

async function hostsFiles(address: HostPort, machine: Machine): Promise<readonly HostsFile[]> {
  const names = [...hostFolders(address, machine), `${address.host}_${address.port}_`];
  const files: HostsFile[] = [];
  for (const parent of certificateFolders(machine).filter((folder) => folder.includes('containerd'))) {
    for (const name of names) {
      const [folder, file] = [join(parent, name), join(parent, name, 'hosts.toml')];
      const document = readToml(await readText(file));
      const { server, host } = document;
      const isOwn = (url: string): boolean => URL.canParse(url) && hostNames(address).includes(new URL(url).host);
      const own = Object.entries(table(host)).filter(([url]) => isOwn(url));
      const isServer = typeof server !== 'string' || isOwn(server);
      files.push({ file, folder, tables: [...(isServer ? [document] : []), ...own.map(([, value]) => table(value))] });
    }
  }
  return files;
}

/** How lists name a host: with its port, and without where it is that of https or http. */
function hostNames({ host, port }: HostPort): readonly string[] {
  const name = (host.includes(':') ? `[${host}]` : host).toLowerCase();
  return port === 443 || port === 80 ? [name, `${name}:${port}`] : [`${name}:${port}`];
}

/** Empty where there is none, or none that may be read. */
function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** What cannot be parsed says nothing: the tool that it belongs to complains about it. */
function readJson(text: string): Table {
  try {
    return table(JSON.parse(text));
  } catch {
    return {};
  }
}

function readToml(text: string): Table {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function tables(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(table) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function withoutScheme(entry: string): string {
  return entry.replace(/^https?:\/\//, '');
}

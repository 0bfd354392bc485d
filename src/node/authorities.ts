import { readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where distributions keep the authorities that the machine trusts, for a Node that cannot tell (before 22.15). */
const systemBundles: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, RHEL
  '/etc/pki/tls/certs/ca-bundle.crt', // older Fedora, RHEL
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/ssl/cert.pem', // Alpine, macOS, BSD
];

/**
 * The certificates, as PEM, of all authorities that Gantry trusts for every host: Node's own, the system's, and those of
 * the variables that other tools read, which add to them here. What cannot be read is left out: its absence shows when a
 * certificate is not trusted.
 */
export async function readAuthorities(env: Environment = process.env): Promise<readonly string[]> {
  const files = [env['NODE_EXTRA_CA_CERTS'], env['SSL_CERT_FILE']].filter((file) => file !== undefined && file !== '');
  const folders = (env['SSL_CERT_DIR'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const [system, ...named] = await Promise.all([
    readSystem(),
    ...files.map((file) => readCertificates(file as string)),
    ...folders.map(readFolder),
  ]);
  return [...new Set([...tls.rootCertificates.map(normalized), ...system, ...named.flat()])];
}

/** The certificates in a PEM file; none where it cannot be read. */
async function readCertificates(file: string): Promise<readonly string[]> {
  return splitCertificates(await readFile(file, 'latin1').catch(() => ''));
}

/** Each certificate of a PEM text by itself. */
export function splitCertificates(pem: string): readonly string[] {
  return (pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END [A-Z0-9 ]+-----/g) ?? []).map(
    normalized,
  );
}

async function readSystem(): Promise<readonly string[]> {
  // Electron's Node has it, but not always something in it.
  const known = 'getCACertificates' in tls ? tls.getCACertificates('system').map(normalized) : [];
  if (known.length > 0 || process.platform === 'win32') return known;
  for (const bundle of systemBundles) {
    const certificates = await readCertificates(bundle);
    if (certificates.length > 0) return certificates;
  }
  return [];
}

async function readFolder(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => readCertificates(join(folder, name))));
  return files.flat();
}

/** One certificate is known by one text, whatever its line ends. */
function normalized(pem: string): string {
  return pem.replace(/\r\n?/g, '\n').trim();
}

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerCertificate } from './realRegistry.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** A certificate for `127.0.0.1` and `localhost`, or for other names, signed by a CA that nobody else knows: Debian's package `openssl`. */
export interface TestCertificates extends ServerCertificate {
  /** PEM texts. */
  readonly authority: string;
  readonly authorityKey: string;
  readonly certificate: string;
  readonly key: string;
  readonly authorityFile: string;
  close(): Promise<void>;
}

export async function makeTestCertificates(
  options: { readonly names?: readonly string[]; readonly validFor?: Validity } = {},
): Promise<TestCertificates> {
  const { names = ['DNS:localhost', 'IP:127.0.0.1'], validFor = 'now' } = options;
  const folder = await makeTemporaryFolder();
  const [authorityFile, authorityKeyFile] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await makeCertificate('Test CA', authorityFile, authorityKeyFile, ['-addext', 'keyUsage=critical,keyCertSign']);
  const extensions = ['basicConstraints=critical,CA:FALSE', `subjectAltName=${names.join(',')}`];
  if (validFor === 'now') {
    await makeCertificate('localhost', certificateFile, keyFile, [
      ...['-CA', authorityFile, '-CAkey', authorityKeyFile],
      ...extensions.flatMap((extension) => ['-addext', extension]),
    ]);
  } else {
    await makeRequest('localhost', join(folder, 'request.pem'), keyFile);
    await signFor(validFor, { folder, extensions, certificateFile, authorityFile, authorityKeyFile });
  }
  return {
    authorityFile,
    certificateFile,
    keyFile,
    authority: await readFile(authorityFile, 'utf8'),
    authorityKey: await readFile(authorityKeyFile, 'utf8'),
    certificate: await readFile(certificateFile, 'utf8'),
    key: await readFile(keyFile, 'utf8'),
    close: () => removeFolder(folder),
  };
}

/** When a certificate is valid. */
export type Validity = 'now' | 'past' | 'future';

async function makeRequest(name: string, file: string, keyFile: string): Promise<void> {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  await promisify(execFile)('openssl', ['req', ...newKey, '-subj', `/CN=${name}`, '-out', file]);
}

/** Only `openssl ca` takes dates. */
async function signFor(
  validity: 'past' | 'future',
  files: {
    readonly folder: string;
    readonly extensions: readonly string[];
    readonly certificateFile: string;
    readonly authorityFile: string;
    readonly authorityKeyFile: string;
  },
): Promise<void> {
  const { folder, extensions, certificateFile, authorityFile, authorityKeyFile } = files;
  const config = [
    ...['[ca]', 'default_ca = own', '[own]', `database = ${join(folder, 'index')}`, 'rand_serial = yes'],
    ...[`new_certs_dir = ${folder}`, 'default_md = sha256', 'policy = any', 'x509_extensions = server'],
    ...['[any]', 'commonName = supplied', '[server]', ...extensions],
  ];
  await writeFile(join(folder, 'index'), '');
  await writeFile(join(folder, 'ca.conf'), `${config.join('\n')}\n`);
  const dates = validity === 'past' ? ['200101000000Z', '200201000000Z'] : ['400101000000Z', '400201000000Z'];
  const [from = '', to = ''] = dates;
  await promisify(execFile)('openssl', [
    ...['ca', '-batch', '-notext', '-config', join(folder, 'ca.conf'), '-in', join(folder, 'request.pem')],
    ...['-cert', authorityFile, '-keyfile', authorityKeyFile, '-startdate', from, '-enddate', to],
    ...['-out', certificateFile],
  ]);
}

async function makeCertificate(
  name: string,
  certificateFile: string,
  keyFile: string,
  more: readonly string[],
): Promise<void> {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const certificate = ['-x509', '-days', '2', '-subj', `/CN=${name}`, '-out', certificateFile];
  await promisify(execFile)('openssl', ['req', ...newKey, ...certificate, ...more]);
}

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerCertificate } from './realRegistry.ts';
import { makeTemporaryFolder, removeFolder } from './temporaryFolder.ts';

/** A certificate for `127.0.0.1` and `localhost`, signed by a CA that nobody else knows: Debian's package `openssl`. */
export interface TestCertificates extends ServerCertificate {
  /** PEM texts. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly authorityFile: string;
  close(): Promise<void>;
}

export async function makeTestCertificates(): Promise<TestCertificates> {
  const folder = await makeTemporaryFolder();
  const [authorityFile, authorityKeyFile] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await makeCertificate('Test CA', authorityFile, authorityKeyFile, ['-addext', 'keyUsage=critical,keyCertSign']);
  await makeCertificate('localhost', certificateFile, keyFile, [
    ...['-CA', authorityFile, '-CAkey', authorityKeyFile],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  ]);
  return {
    authorityFile,
    certificateFile,
    keyFile,
    authority: await readFile(authorityFile, 'utf8'),
    certificate: await readFile(certificateFile, 'utf8'),
    key: await readFile(keyFile, 'utf8'),
    close: () => removeFolder(folder),
  };
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

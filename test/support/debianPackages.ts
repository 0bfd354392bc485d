import { findOnPath } from './findOnPath.ts';
import { withProgress } from './progress.ts';
import { runProgram } from './runProgram.ts';

/** The real servers and clients of test/registry. Without one, the tests that need it are skipped. */
export const registryPackages = [
  'docker-registry', // Distribution 2.8
  'gnupg', // for pass
  'golang-docker-credential-helpers', // docker-credential-pass and its kin
  'openssl', // certificates of a test's own CA
  'pass', // where docker-credential-pass keeps logins
  'perl-base', // bcrypt for htpasswd files
  'podman', // a container engine
  'skopeo', // the reference client
  'tinyproxy', // a forward proxy
];

/** What compiles the native modules of the VS Code server. */
export const compilerPackages = ['g++', 'make', 'python3'];

export const browserPackages = ['chromium'];

/** Installs what is missing where that is possible without asking; elsewhere one line says what to install. */
export async function ensureDebianPackages(packages: readonly string[]): Promise<void> {
  if (findOnPath('dpkg-query') === undefined) return;
  const missing = await findMissing(packages);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    console.log(`Not installed: ${missing.join(' ')}. To install: sudo apt-get install ${missing.join(' ')}`);
    return;
  }
  try {
    await withProgress(`Installing the Debian packages ${missing.join(' ')}`, 'up to two minutes', () =>
      install(missing),
    );
  } catch (error) {
    console.log(`Could not install ${missing.join(' ')}; what needs them is skipped or fails.\n${error}`);
  }
}

async function findMissing(packages: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '${db:Status-Status} ${Package}\\n';
  // It fails, and still answers, when one of them was never heard of.
  const answer = await runProgram('dpkg-query', ['--show', `--showformat=${format}`, ...packages], {
    output: 'keep',
  }).catch((error: Error) => error.message);
  const lines = new Set(answer.split('\n'));
  return packages.filter((name) => !lines.has(`installed ${name}`));
}

async function install(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', ['update', '--quiet'], { output: 'keep', env });
  const args = ['install', '--yes', '--quiet', '--no-install-recommends', ...packages];
  await runProgram('apt-get', args, { output: 'keep', env });
}

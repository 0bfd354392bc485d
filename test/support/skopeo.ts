import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { writeImageLayout } from './imageLayout.ts';
import type { Artifact } from './oci.ts';
import type { Login, RealRegistry } from './realRegistry.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

/** The reference client of these tests: Debian's package `skopeo`. */
export const skopeoProgram = 'skopeo';

/** Runs skopeo and returns what it printed. Rejects with its own message when it fails. */
export async function skopeo(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(skopeoProgram, ['--insecure-policy', ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** What of a registry it takes to reach it. */
export type SkopeoTarget = Pick<RealRegistry, 'host' | 'login'>;

/** `docker://HOST/REPOSITORY:TAG` or `…@DIGEST` */
export function dockerReference({ host }: SkopeoTarget, repository: string, reference: string): string {
  return `docker://${host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
}

/** Certificates are not verified: what tests trust is none of skopeo's business. */
export function sourceFlags({ login }: SkopeoTarget): string[] {
  return ['--src-tls-verify=false', ...(login ? ['--src-creds', credentials(login)] : [])];
}

export function destinationFlags({ login }: SkopeoTarget): string[] {
  return ['--dest-tls-verify=false', ...(login ? ['--dest-creds', credentials(login)] : [])];
}

/** For the commands with one registry: `inspect`, `list-tags`, `delete`. */
export function registryFlags({ login }: SkopeoTarget): string[] {
  return ['--tls-verify=false', ...(login ? ['--creds', credentials(login)] : [])];
}

/**
 * Pushes an artifact, with every platform of an index, byte for byte under each tag. It goes through an image layout,
 * where skopeo reads OCI media types only.
 */
export async function pushWithSkopeo(
  target: SkopeoTarget,
  repository: string,
  artifact: Artifact,
  ...tags: string[]
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await writeImageLayout(folder, { pushed: artifact });
    for (const tag of tags) {
      const flags = ['--all', '--preserve-digests', ...destinationFlags(target)];
      await skopeo('copy', ...flags, `oci:${folder}:pushed`, dockerReference(target, repository, tag));
    }
  });
}

function credentials({ user, password }: Login): string {
  return `${user}:${password}`;
}

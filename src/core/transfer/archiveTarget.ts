import { RegistryError } from '../errors.ts';
import { indexFile, layoutFile } from '../oci/layout.ts';
import { archiveRegistry } from '../oci/localReference.ts';
import type { CreateHash, Files } from '../ports.ts';
import { type TarFile, writeTar } from '../writeTar.ts';
import { type CopyTarget, layoutTarget } from './copyTarget.ts';

/**
 * A new archive: an OCI image layout in one file. The layout is made in a folder `FILE.part` beside it, so that a copy that
 * broke goes on, and becomes the archive at the end.
 *
 * Errors: `invalid` for a file that is there already, those of {@link layoutTarget}.
 */
export async function archiveTarget(
  context: { readonly files: Files; readonly createHash: CreateHash },
  options: {
    readonly archive: string;
    readonly overwrite: boolean;
    readonly imageName: (tag: string | undefined) => string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<CopyTarget> {
  const { files } = context;
  const { archive, overwrite, imageName, signal } = options;
  const found = await files.status(archive);
  if (found !== undefined && !(found.kind === 'file' && overwrite)) throw isThere(archive);
  const folder = `${archive}.part`;
  const layout = await layoutTarget(context, { folder, imageName, signal });
  return {
    ...layout,
    name: `${archiveRegistry}${archive}`,
    finish: async () => {
      const content = await filesOf(files, folder, signal);
      await files.write(archive, writeTar(content), { signal, scratch: folder });
      await files.remove(folder);
    },
  };
}

/** What a layout consists of, the index last. */
async function filesOf(files: Files, folder: string, signal: AbortSignal): Promise<readonly TarFile[]> {
  const paths: string[] = [layoutFile];
  for (const algorithm of ['sha256', 'sha512']) {
    const names = await files.list(`${folder}/blobs/${algorithm}`);
    paths.push(...names.toSorted().map((name) => `blobs/${algorithm}/${name}`));
  }
  paths.push(indexFile);
  const content: TarFile[] = [];
  for (const path of paths) {
    const { size } = (await files.status(`${folder}/${path}`)) ?? { size: 0 };
    content.push({ path, size, chunks: () => files.read(`${folder}/${path}`, { signal }) });
  }
  return content;
}

function isThere(archive: string): RegistryError {
  return new RegistryError(
    'invalid',
    `${archive} is there already, and an archive is written as a whole. It was left as it is; choose another name.`,
  );
}

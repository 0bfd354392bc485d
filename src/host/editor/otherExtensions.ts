import type * as vscode from 'vscode';
import type { ImageMention } from '../../api.ts';
import { dockerHub } from '../../core/oci/reference.ts';

/** What other extensions show in a document, so that Gantry need not show it again. */
export interface OtherFeatures {
  /** They make links of the names of images, in place of all links that touch these. */
  readonly linkNames: boolean;
  /** They propose the stages above after `--from=`. */
  readonly proposeStages: boolean;
  /** They tell at the end of `FROM` lines when a tag on Docker Hub was pushed. */
  readonly tellAge: boolean;
}

const dockerDx = 'docker.docker';
const containerTools = ['ms-azuretools.vscode-containers', 'ms-azuretools.vscode-docker'];

/** All of them start the same language server for Dockerfiles, and one for Compose files; what is theirs alone is told by their ids. */
export function othersShow(
  { languageId, uri }: Pick<vscode.TextDocument, 'languageId'> & { readonly uri: Pick<vscode.Uri, 'scheme'> },
  isInstalled: (extensionId: string) => boolean,
): OtherFeatures {
  // Their language servers read files only.
  const isKnown = uri.scheme === 'file' && [dockerDx, ...containerTools].some(isInstalled);
  const isDockerfile = isKnown && languageId === 'dockerfile';
  return {
    linkNames: isDockerfile || (isKnown && languageId === 'dockercompose'),
    proposeStages: isDockerfile,
    tellAge: isDockerfile && isInstalled(dockerDx),
  };
}

/** Whether Docker DX finds the tag of a `FROM` line: it takes no variables, no digests and no registry's name. */
export function isTagOnHub({ kind, raw, reference }: ImageMention): boolean {
  return kind === 'from' && reference?.registry === dockerHub && /^(?:[^/:@$]+\/)?[^/:@$]+:[^/:@$]+$/.test(raw);
}

/** Where the tag begins in the name of an image, or the digest of one without a tag; 0 where it has neither. */
export function versionStart(raw: string): number {
  // A default has a colon too: `${VERSION:-1.27}`.
  const plain = raw.replace(/\$\{[^}]*\}/g, (variable) => '$'.repeat(variable.length));
  const [name = ''] = plain.split('@', 1);
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) return colon + 1;
  return name === plain ? 0 : name.length + 1;
}

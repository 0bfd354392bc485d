import type { ImageMention } from '../../api.ts';
import { collectBake } from './bake.ts';
import { Collector } from './collector.ts';
import { collectCompose } from './compose.ts';
import { collectDevcontainer } from './devcontainer.ts';
import { findDockerfileMentions } from './dockerfile.ts';
import { doubledDollarDialect, type Variables } from './expandVariables.ts';
import { type FileKind, type Grammar, grammarOf, kindOf } from './fileKind.ts';
import { collectGitHubActions } from './gitHubActions.ts';
import { collectGitLabCi } from './gitLabCi.ts';
import { readHcl } from './hclTree.ts';
import { collectByShape } from './helmValues.ts';
import { readIni } from './iniTree.ts';
import { collectKnownKeys } from './knownKeys.ts';
import { collectKubernetes, collectKustomization, isKubernetes, isKustomization } from './kubernetes.ts';
import type { Reading } from './mention.ts';
import { children, get, type Node } from './tree.ts';

export interface FindOptions {
  readonly languageId: string;
  /** A name or a path: many kinds of files are known by nothing else. */
  readonly fileName?: string;
  /** What Compose takes variables from: the environment, and the file `.env`. */
  readonly environment?: ReadonlyMap<string, string>;
}

/** The images that a file names, in the order of their places. Never throws, however broken the file. */
export async function findMentions(text: string, options: FindOptions): Promise<readonly ImageMention[]> {
  const { languageId, fileName, environment } = options;
  const grammar = grammarOf(languageId, fileName);
  if (grammar === undefined) return [];
  if (grammar === 'dockerfile') return findDockerfileMentions(text);
  const roots = await readRoots(grammar, text);
  const kind = kindOf(languageId, fileName);
  const reading = (mentionKind: ImageMention['kind'], variables?: Variables): Reading => ({
    text,
    kind: mentionKind,
    ...(variables !== undefined && { variables, dialect: doubledDollarDialect }),
  });

  if (typeof kind === 'object') {
    const collector = new Collector(reading('other'));
    collectKnownKeys(kind, roots, collector);
    return collector.mentions();
  }
  const found = roots.flatMap((root) => {
    const collected = collect(kind === 'unknown' ? kindOfContent(root) : kind, root, reading, environment);
    return [...collected];
  });
  return found.toSorted((a, b) => a.start - b.start);
}

async function readRoots(grammar: Exclude<Grammar, 'dockerfile'>, text: string): Promise<readonly Node[]> {
  switch (grammar) {
    case 'yaml':
      return (await import('./yamlTree.ts')).readYaml(text);
    case 'json':
      return (await import('./jsonTree.ts')).readJson(text);
    case 'hcl':
      return readHcl(text);
    case 'ini':
      return readIni(text);
  }
}

type ContentKind = Exclude<FileKind, object | 'unknown'> | 'kubernetes' | 'other';

function kindOfContent(root: Node): ContentKind {
  if (isKubernetes(root)) return 'kubernetes';
  if (isKustomization(root)) return 'kustomization';
  if (get(root, 'jobs') !== undefined && get(root, 'on') !== undefined) return 'github';
  const services = children(get(root, 'services'));
  if (services.some(({ value }) => get(value, 'image') ?? get(value, 'build'))) return 'compose';
  return 'other';
}

function collect(
  kind: ContentKind,
  root: Node,
  reading: (kind: ImageMention['kind'], variables?: Variables) => Reading,
  environment: ReadonlyMap<string, string> | undefined,
): readonly ImageMention[] {
  const [collector, run] = collectorOf(kind, reading, (name) => environment?.get(name));
  run(root, collector);
  return collector.mentions();
}

type Collect = (root: Node, collector: Collector) => void;

function collectorOf(
  kind: ContentKind,
  reading: (kind: ImageMention['kind'], variables?: Variables) => Reading,
  environment: Variables,
): readonly [Collector, Collect] {
  switch (kind) {
    case 'compose':
      return [new Collector(reading('compose', environment)), collectCompose];
    case 'kubernetes':
      return [new Collector(reading('kubernetes')), collectKubernetes];
    case 'kustomization':
      return [new Collector(reading('kubernetes')), collectKustomization];
    case 'helm':
      return [new Collector(reading('kubernetes')), collectByShape];
    case 'github':
      return [new Collector(reading('ci')), collectGitHubActions];
    case 'gitlab':
      return [new Collector(reading('ci', noVariables)), collectGitLabCi];
    case 'devcontainer':
      return [new Collector(reading('devcontainer')), collectDevcontainer];
    case 'bake':
      return [new Collector(reading('bake', noVariables)), collectBake];
    case 'other':
      return [new Collector(reading('other')), collectByShape];
  }
}

const noVariables: Variables = () => undefined;

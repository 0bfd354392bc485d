/** What a pasted line names: an image, or the registry of a login. */
export interface PastedCommand {
  readonly kind: 'image' | 'login';
  /** Absent when the line names none; a login without one is for Docker Hub. */
  readonly subject?: string;
  readonly username?: string;
}

/** Programs whose first word is what they do, and which then take references of images. */
const programs = new Set([
  ...['docker', 'podman', 'nerdctl', 'finch', 'buildah', 'skopeo', 'crane', 'regctl', 'oras', 'helm', 'cosign'],
  ...['notation', 'crictl', 'ctr'],
]);

/** Programs that take an image at once. */
const viewers = new Set(['dive', 'syft', 'grype']);

/** Words after which another one says what to do. */
const groups = new Set([
  'image',
  'images',
  'manifest',
  'buildx',
  'imagetools',
  'registry',
  'repo',
  'artifact',
  'container',
  'scout',
]);

/** Options that stand alone. Of every other one without `=`, the next word is the value. */
const flags = new Set([
  ...['-a', '--all', '--all-tags', '-q', '--quiet', '-d', '--detach', '-i', '--interactive', '-t', '--tty', '-it'],
  ...['-ti', '-dit', '-itd', '--rm', '--init', '--privileged', '-P', '--publish-all', '--read-only', '--raw'],
  ...['--insecure', '--disable-content-trust', '--password-stdin', '--no-healthcheck', '--no-tags', '--verbose'],
  ...['--debug', '--help', '--tls-verify', '--no-cache', '--plain-http', '-D'],
]);

/** Lines of files that name an image: Dockerfiles, Compose, Kubernetes, GitLab CI, GitHub Actions. */
const fileLines: readonly RegExp[] = [
  /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+\S+)?$/i,
  /^(?:COPY|ADD)\s+(?:--\S+\s+)*?--from=(\S+)\s/i,
  /^(?:-\s+)?(?:image|uses|container):\s*(\S+)$/i,
];

/**
 * Reads a command line or a line of a file; `undefined` for a text that is neither. A password in it is left where it
 * is: what stands on a command line has been seen by others.
 */
export function readPastedCommand(line: string): PastedCommand | undefined {
  for (const pattern of fileLines) {
    const subject = pattern.exec(line)?.[1];
    if (subject !== undefined) return { kind: 'image', subject: bareReference(subject) };
  }
  // Of `get-login-password | docker login …` it is the end that names the registry.
  const commands = line.split(/(?:\||&&|;)/).map(words);
  const command = commands.findLast(
    ([first = '']) => programs.has(programName(first)) || viewers.has(programName(first)),
  );
  return command === undefined ? undefined : readWords(command);
}

function readWords([program = '', ...rest]: readonly string[]): PastedCommand {
  const verbs: string[] = [];
  const operands: string[] = [];
  let username: string | undefined;
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? '';
    if (word.startsWith('-')) {
      const [name = '', ...values] = word.split('=');
      const value = values.length > 0 ? values.join('=') : flags.has(name) ? undefined : rest[++index];
      if (name === '-u' || name === '--username') username = value;
    } else if (programs.has(programName(program)) && (verbs.length === 0 || groups.has(verbs.at(-1) ?? ''))) {
      verbs.push(word);
    } else {
      operands.push(word);
    }
  }
  const subject = rest.find((word) => transport.test(word)) ?? operands[0];
  const named = subject === undefined ? {} : { subject: bareReference(subject) };
  if (verbs.at(-1) !== 'login') return { kind: 'image', ...named };
  return { kind: 'login', ...named, ...(username !== undefined && { username }) };
}

/** Words of a shell's line: quotes are taken off, variables and escapes stay as they are. */
function words(line: string): readonly string[] {
  const found = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ''));
  while (/^(?:sudo|[$#>%]|\w+=\S*)$/.test(found[0] ?? '')) found.shift();
  return found;
}

function programName(word: string): string {
  return word.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');
}

/** What skopeo, helm and workflows write before a reference. */
const transport = /^(?:docker|oci):\/\//;

function bareReference(text: string): string {
  return text.replace(/^["']|["',;]+$/g, '').replace(transport, '');
}

import { type ChildProcess, spawn } from 'node:child_process';

const hasProcessGroups = process.platform !== 'win32';

/** A server that is no part of this process. */
export interface ServerProcess {
  /** What {@link ServerOptions.ready} found; 0 where it looks for none. */
  readonly port: number;
  /** Everything that the server has printed so far. */
  readonly output: () => string;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends exactly this process and those that it started, and waits until they are gone. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Matches the line that says that the server listens; its first group, if any, is the port. */
  readonly ready: RegExp;
  /** That of this process unless told. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a server that chooses a free port itself, so that no two tests ever take the same one. */
export function startServerProcess({ command, args, ready, env }: ServerOptions): Promise<ServerProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: env ?? process.env,
      detached: hasProcessGroups,
    });
    const killNow = (): void => endAll(child, 'SIGKILL');
    // Before what else is cleaned up at exit, such as the folder that the server writes to.
    process.prependOnceListener('exit', killNow);
    const gone = new Promise<void>((done) => {
      child.once('close', () => {
        process.off('exit', killNow);
        done();
      });
    });

    async function close(): Promise<void> {
      endAll(child, 'SIGTERM');
      const patience = setTimeout(killNow, 5000);
      await gone;
      clearTimeout(patience);
    }

    let output = '';
    let isReady = false;
    function read(chunk: Buffer): void {
      output += chunk;
      if (isReady) return;
      const found = ready.exec(output);
      if (found === null) return;
      isReady = true;
      clearTimeout(deadline);
      resolve({ port: Number(found[1] ?? 0), output: () => output, ended: gone, close });
    }

    function fail(reason: string): void {
      clearTimeout(deadline);
      killNow();
      reject(new Error(`${command} ${reason}\n${output}`));
    }

    const deadline = setTimeout(fail, 30_000, 'did not say that it listens');
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    void gone.then(() => fail('ended'));
  });
}

function endAll(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!hasProcessGroups) return void child.kill(signal);
  try {
    // A detached child leads a process group of its own, which is addressed by its negative id.
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

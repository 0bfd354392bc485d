import { spawn } from 'node:child_process';

/** A server that is no part of this process. */
export interface ServerProcess {
  /** What {@link ServerOptions.ready} found. */
  readonly port: number;
  /** Everything that the server has printed so far. */
  readonly output: () => string;
  /** Ends exactly this process and waits until it is gone. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Matches the line that says that the server listens; its first group is the port. */
  readonly ready: RegExp;
}

/** Starts a server that chooses a free port itself, so that no two tests ever take the same one. */
export function startServerProcess({ command, args, ready }: ServerOptions): Promise<ServerProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const killNow = (): void => void child.kill('SIGKILL');
    process.once('exit', killNow);
    const gone = new Promise<void>((done) => {
      child.once('close', () => {
        process.off('exit', killNow);
        done();
      });
    });

    async function close(): Promise<void> {
      child.kill();
      const patience = setTimeout(killNow, 5000);
      await gone;
      clearTimeout(patience);
    }

    let output = '';
    function read(chunk: Buffer): void {
      output += chunk;
      const port = ready.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(deadline);
      resolve({ port: Number(port), output: () => output, close });
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

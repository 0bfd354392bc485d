import { AsyncLocalStorage } from 'node:async_hooks';
import childProcess from 'node:child_process';
import net from 'node:net';

/** Whether the code that runs was started by what is watched, however many timers and promises lie between. */
const isWatched = new AsyncLocalStorage<boolean>();

export interface Watch {
  /** What was opened or started so far. */
  readonly effects: readonly string[];
  /** Watches what `work` does, at once and later. */
  run<T>(work: () => T): T;
  dispose(): void;
}

/** Sees sockets that are opened and processes that are started, but not those of others in the same process. */
export function watchSideEffects(): Watch {
  const effects: string[] = [];
  const restore: (() => void)[] = [];

  function watch<Name extends string>(
    owner: { [name in Name]: (...args: never[]) => unknown },
    name: Name,
    what: string,
  ): void {
    const original = owner[name];
    owner[name] = function (this: unknown, ...args: never[]): unknown {
      if (isWatched.getStore() === true) effects.push(what);
      return original.apply(this, args);
    };
    restore.push(() => {
      owner[name] = original;
    });
  }

  watch(net.Socket.prototype, 'connect', 'a socket was opened');
  watch(net.Server.prototype, 'listen', 'a server was started');
  // The way of `spawn`, `exec`, `execFile` and `fork`.
  watch(processPrototype(), 'spawn', 'a process was started');
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
    watch(childProcess, name, 'a process was started and waited for');
  }
  return {
    effects,
    run: (work) => isWatched.run(true, work),
    dispose: () => {
      for (const undo of restore) undo();
    },
  };
}

/** Its types leave out the method that does the work. */
function processPrototype(): { spawn: (...args: never[]) => unknown } {
  return childProcess.ChildProcess.prototype as unknown as { spawn: (...args: never[]) => unknown };
}

import { goContainerRegistry, goProgramFile } from './goPrograms.ts';
import type { RealRegistry } from './realRegistry.ts';
import { startServerProcess } from './serverProcess.ts';

/** The registry of github.com/google/go-containerregistry: in memory, open to everybody, with the referrers of OCI 1.1. */
export async function startGoContainerRegistry(): Promise<RealRegistry> {
  const server = await startServerProcess({
    command: goProgramFile(goContainerRegistry),
    args: [],
    ready: /listening on 127\.0\.0\.1:(\d+)/,
  });
  const host = `127.0.0.1:${server.port}`;
  return { host, url: `http://${host}`, output: server.output, close: () => server.close() };
}

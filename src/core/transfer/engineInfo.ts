import { oneLine } from '../oneLine.ts';
import { type Engine, engineOrigin } from '../ports.ts';
import { readEngineReply } from './engineReply.ts';

export interface EngineInfo {
  readonly kind: 'docker' | 'podman';
  /** `Podman 4.3.1` */
  readonly name: string;
  /** GOARCH name of the machine that it runs on. */
  readonly architecture: string | undefined;
}

/** What an engine says about itself. */
export async function readEngineInfo(engine: Engine, signal: AbortSignal): Promise<EngineInfo> {
  const url = new URL('/version', engineOrigin);
  const reply = await readEngineReply(await engine.send({ method: 'GET', url, headers: {} }, signal), engine);
  const { Version: version, Arch: architecture, Components: components } = reply;
  const kind = Array.isArray(components) && components.some(isPodman) ? 'podman' : 'docker';
  const label = kind === 'podman' ? 'Podman' : 'Docker';
  return {
    kind,
    name: typeof version === 'string' ? `${label} ${oneLine(version)}` : label,
    architecture: typeof architecture === 'string' ? architecture : undefined,
  };
}

function isPodman(component: unknown): boolean {
  const name = (component as { readonly Name?: unknown } | null)?.Name;
  return typeof name === 'string' && name.startsWith('Podman');
}

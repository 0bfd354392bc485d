import type { CopyOptions } from '../api.ts';
import { isLocalRegistry } from './oci/localReference.ts';
import { parseReference } from './oci/reference.ts';
import type { TransferRequest } from './transferJobs.ts';

/** Options of a copy that are kept with it, so that it begins again as it was asked for. */
export type KeptCopyOptions = Omit<CopyOptions, 'signal' | 'onProgress'>;

const texts = ['connectionId', 'targetConnectionId', 'platform', 'expected'] as const;
const flags = ['overwrite', 'referrers'] as const;

/** From this machine to a registry it is a push. */
export function copyRequest(source: string, target: string, options: CopyOptions): TransferRequest {
  const [from, to] = [parseReference(source), parseReference(target)];
  return {
    kind: isLocalRegistry(from.registry) && !isLocalRegistry(to.registry) ? 'push' : 'copy',
    source: from.familiar,
    target: to.familiar,
    options: keptOptions(options),
  };
}

/** The list of what is combined is among the options: what people read of it is no reference. */
export function assembleRequest(sources: readonly string[], target: string, options: CopyOptions): TransferRequest {
  const names = sources.map((source) => parseReference(source).familiar);
  return {
    kind: 'assemble',
    source: names.join(', '),
    target: parseReference(target).familiar,
    options: { ...keptOptions(options), sources: names },
  };
}

/** As they were written down, perhaps by another version. */
export function copyOptionsOf({ options = {} }: TransferRequest): KeptCopyOptions {
  return keptOptions(options);
}

/** What an assembly was made of. */
export function sourcesOf({ options = {} }: TransferRequest): readonly string[] {
  const { sources } = options;
  return Array.isArray(sources) ? sources.filter((source): source is string => typeof source === 'string') : [];
}

function keptOptions(options: Readonly<Record<string, unknown>> | CopyOptions): KeptCopyOptions {
  const given = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries([
    ...texts.flatMap((key) => (typeof given[key] === 'string' ? [[key, given[key]]] : [])),
    ...flags.flatMap((key) => (typeof given[key] === 'boolean' ? [[key, given[key]]] : [])),
  ]);
}

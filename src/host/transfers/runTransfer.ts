import { isLocalRegistry } from '../../core/oci/localReference.ts';
import { parseReference } from '../../core/oci/reference.ts';
import type { TransferOutcome, TransferRequest, TransferRun } from '../../core/transferJobs.ts';
import { percent, progressText, withProgress } from '../progress.ts';
import type { Services } from '../services.ts';

/** How a transfer is run and told. */
export interface TransferOptions<T> {
  /** Of its notification. */
  readonly title: string;
  /** Registries that it goes to or comes from. */
  readonly hosts: readonly string[];
  /** Stops it beside what the user stops. */
  readonly signal?: AbortSignal | undefined;
  readonly outcomeOf?: (result: T) => TransferOutcome | undefined;
  /** What its row says in the end, beside what it was. */
  readonly summaryOf?: (result: T) => string | undefined;
  readonly problemOf?: (result: T) => string | undefined;
  readonly findDigest?: ((signal: AbortSignal) => Promise<string>) | undefined;
  /** What its notification says; bytes unless told. */
  readonly textOf?: (progress: Parameters<TransferRun['onProgress']>[0]) => string;
}

/** Runs a transfer that the view of transfers shows, with a notification; both can cancel it. */
export async function runTransfer<T>(
  services: Pick<Services, 'transfers'>,
  request: TransferRequest,
  options: TransferOptions<T>,
  work: (run: TransferRun) => Promise<T>,
): Promise<T> {
  const { title, hosts, signal: given, outcomeOf, summaryOf, problemOf, findDigest, textOf = progressText } = options;
  const transfers = await services.transfers();
  return withProgress(title, (stop, report) =>
    transfers.run(
      request,
      {
        hosts,
        signal: given === undefined ? stop : AbortSignal.any([stop, given]),
        ...(outcomeOf !== undefined && { outcomeOf }),
        ...(summaryOf !== undefined && { summaryOf }),
        ...(problemOf !== undefined && { problemOf }),
        ...(findDigest !== undefined && { findDigest }),
      },
      ({ signal, onProgress }) =>
        work({
          signal,
          onProgress: (progress) => {
            report(textOf(progress), percent(progress));
            onProgress(progress);
          },
        }),
    ),
  );
}

/** What an image names when its transfer begins. What lies on this machine is not asked. */
export function digestFinder(
  { gantry }: Pick<Services, 'gantry'>,
  { reference, connectionId }: { readonly reference: string; readonly connectionId?: string },
): ((signal: AbortSignal) => Promise<string>) | undefined {
  const { registry, digest } = parseReference(reference);
  if (isLocalRegistry(registry) || digest !== undefined) return undefined;
  const connection = connectionId === undefined ? {} : { connectionId };
  return async (signal) => (await gantry.resolve(reference, { ...connection, signal })).digest;
}

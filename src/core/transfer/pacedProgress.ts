import type { TransferProgress } from '../../api.ts';

/** Milliseconds between two reports: often enough to draw a bar, and seldom enough for who formats each. */
const pause = 50;

/** Passes on what is reported, but not everything: bytes come in thousands of parts a second. The first and the end always. */
export function paced(
  onProgress: (progress: TransferProgress) => void,
  now: () => number,
): (progress: TransferProgress) => void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const at = now();
    if (progress.done < progress.total && at - reportedAt < pause) return;
    reportedAt = at;
    onProgress(progress);
  };
}

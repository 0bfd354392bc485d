import { imageLimits } from './imageLimits.ts';

/**
 * The names of a path in an archive, from the root down: `.` says nothing, `..` goes up and never out. `undefined` for what
 * can be no path on Linux, or is deeper than any.
 */
export function pathParts(
  path: Uint8Array,
  warn: (kind: 'outside') => void = () => {},
): readonly Uint8Array[] | undefined {
  if (path.length > imageLimits.pathLength || path.includes(0)) return undefined;
  const parts: Uint8Array[] = [];
  let isOutside = false;
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf(0x2f, start);
    const end = slash < 0 ? path.length : slash;
    const length = end - start;
    if (length === 2 && path[start] === 0x2e && path[start + 1] === 0x2e) {
      isOutside ||= parts.pop() === undefined;
    } else if (length > 1 || (length === 1 && path[start] !== 0x2e)) parts.push(path.subarray(start, end));
    start = end + 1;
  }
  if (isOutside) warn('outside');
  return parts.length > imageLimits.pathDepth ? undefined : parts;
}

export function isUnusableName(name: Uint8Array): boolean {
  return name.includes(0) || name.length > imageLimits.pathLength;
}

/** Parts of a line that are there. */
export function present(parts: readonly (string | boolean | undefined)[]): string[] {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '');
}

/** A reference in the pieces that the title shows in different weights. Together they are the reference. */
export interface ReferenceParts {
  readonly name: string;
  /** With its colon. */
  readonly tag: string;
  /** With its at sign. */
  readonly digest: string;
}

export function splitReference(reference: string): ReferenceParts {
  const at = reference.indexOf('@');
  const named = at === -1 ? reference : reference.slice(0, at);
  const colon = named.lastIndexOf(':');
  // A colon in front of a slash belongs to a port.
  const isTag = colon > named.lastIndexOf('/');
  return {
    name: isTag ? named.slice(0, colon) : named,
    tag: isTag ? named.slice(colon) : '',
    digest: at === -1 ? '' : reference.slice(at),
  };
}

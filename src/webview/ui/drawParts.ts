/** A part of a page, and all that it depends on. */
export interface Part {
  readonly key: string;
  /** As JSON can hold it. */
  readonly input: unknown;
  readonly build: () => HTMLElement;
}

/** Draws parts of a page, and leaves those as they are of which nothing has changed: with their focus and their scrolling. */
export function createParts(parent: HTMLElement): { readonly draw: (parts: readonly Part[]) => void } {
  let drawn: readonly { readonly key: string; readonly json: string; readonly node: HTMLElement }[] = [];
  return {
    draw: (parts) => {
      const next = parts.map(({ key, input, build }) => {
        const json = JSON.stringify(input) ?? '';
        const known = drawn.find((other) => other.key === key);
        return known?.json === json ? known : { key, json, node: build() };
      });
      const isSamePage = next.length === drawn.length && next.every(({ key }, place) => key === drawn[place]?.key);
      if (!isSamePage) parent.replaceChildren(...next.map(({ node }) => node));
      else
        for (const [place, { node }] of next.entries()) {
          const before = drawn[place]?.node;
          if (before !== undefined && before !== node) before.replaceWith(node);
        }
      drawn = next;
    },
  };
}

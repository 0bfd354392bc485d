import type { PageCallOptions } from '../../api.ts';
import { RegistryError } from '../errors.ts';

/** A page that is asked for by its number, from 1, as vendors' own APIs do. */
export interface NumberedPage {
  readonly page: number;
  readonly size: number;
}

/**
 * The page that a caller wants. A cursor keeps the size of its list, since the numbers of pages depend on it. It never
 * holds an address: those that servers name for the next page may lead elsewhere.
 */
export function numberedPage({ cursor, limit }: PageCallOptions, largest: number): NumberedPage {
  if (cursor === undefined) return { page: 1, size: Math.max(1, Math.min(limit ?? largest, largest)) };
  const [, page, size] = /^page=([1-9]\d{0,6})&page_size=([1-9]\d{0,3})$/.exec(cursor) ?? [];
  if (page === undefined) {
    throw new RegistryError('invalid', `"${cursor}" is not a place to continue a list from. List it from the start.`);
  }
  return { page: Number(page), size: Math.min(Number(size), largest) };
}

/** The query of a page, which is its cursor too. */
export function pageQuery({ page, size }: NumberedPage): string {
  return `page=${page}&page_size=${size}`;
}

export function nextPage({ page, size }: NumberedPage): NumberedPage {
  return { page: page + 1, size };
}

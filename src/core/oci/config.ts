/** OCI image-spec, config.md. Read leniently: a config with odd parts is still worth showing. */

import { isRecord } from '../isRecord.ts';
import type { PlatformFields } from './manifest.ts';
import { formatPlatform } from './platform.ts';

export interface HistoryEntry {
  readonly createdBy?: string;
  readonly isEmptyLayer: boolean;
}

export interface ImageConfig {
  /** ISO 8601; absent when it is missing, no date, or one of the dates that reproducible builds write. */
  readonly createdAt?: string;
  /** `os/architecture[/variant]`. */
  readonly platform?: string;
  readonly history: readonly HistoryEntry[];
  /** Digests of the layers' archives, unpacked; empty where they are not told. */
  readonly diffIds: readonly string[];
  /** The document as it is. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Real configs are some six levels deep; what is much deeper could not be passed on as JSON. */
const maxDepth = 100;

/** `undefined` for what is no JSON object, or one that is nested without end. */
export function parseConfig(bytes: Uint8Array): ImageConfig | undefined {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  if (!isRecord(document) || isDeeperThan(document, maxDepth)) return undefined;
  const createdAt = realDate(document['created']);
  const platform = platformOf(document);
  const history = Array.isArray(document['history']) ? document['history'].filter(isRecord) : [];
  return {
    ...(createdAt !== undefined && { createdAt }),
    ...(platform !== undefined && { platform }),
    history: history.map((entry) => ({
      ...(typeof entry['created_by'] === 'string' && { createdBy: entry['created_by'] }),
      isEmptyLayer: entry['empty_layer'] === true,
    })),
    diffIds: diffIdsOf(document),
    raw: document,
  };
}

/**
 * The command that made each layer: the history entries that are no empty layers, in order. Histories can be missing or
 * shorter than the layers; where they are longer nothing can be told, since the entries cannot be matched.
 */
export function layerCommands(history: readonly HistoryEntry[], layerCount: number): readonly (string | undefined)[] {
  const filled = history.filter((entry) => !entry.isEmptyLayer);
  if (filled.length > layerCount) return Array.from({ length: layerCount }, () => undefined);
  return Array.from({ length: layerCount }, (_, index) => filled[index]?.createdBy);
}

/** Dates of 1970 or before stand for "none" in reproducible builds. */
export function realDate(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1970 ? undefined : date.toISOString();
}

function diffIdsOf({ rootfs }: Record<string, unknown>): readonly string[] {
  const diffIds = isRecord(rootfs) ? rootfs['diff_ids'] : undefined;
  return Array.isArray(diffIds) && diffIds.every((item) => typeof item === 'string') ? diffIds : [];
}

/** What the entry of an index says of an image, as its config tells it; `undefined` where that tells no platform. */
export function platformFields(document: Readonly<Record<string, unknown>>): PlatformFields | undefined {
  const { os, architecture, variant } = document;
  const version = document['os.version'];
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  return {
    os,
    architecture,
    ...(typeof variant === 'string' && variant !== '' && { variant }),
    ...(typeof version === 'string' && version !== '' && { 'os.version': version }),
  };
}

function platformOf(document: Record<string, unknown>): string | undefined {
  const fields = platformFields(document);
  return fields && formatPlatform(fields);
}

/** Goes no deeper itself. */
function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(item, depth - 1));
}

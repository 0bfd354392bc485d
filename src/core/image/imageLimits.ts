/**
 * Bounds of what an archive drives. Without them a layer decides how much memory, disk and time it takes. Real images stay
 * far below: the largest known have some million files.
 */
export const imageLimits = {
  /** Entries of one layer: their index takes some 50 bytes each. */
  entries: 5_000_000,
  /** Bytes of a path; `PATH_MAX` of Linux. */
  pathLength: 4096,
  /** Folders in folders. */
  pathDepth: 512,
  /** Bytes of one header with attributes: long names and extended attributes are some KiB. */
  attributes: 1024 * 1024,
  /** Pieces of one sparse file. */
  sparsePieces: 100_000,
  /** Bytes that one layer may have unpacked. */
  unpacked: 20 * 1024 ** 3,
  /** How many times larger a layer may become. Deflate can give 1,032 times; real layers stay below 100. */
  expansion: 1000,
  /** Bytes unpacked from which {@link expansion} counts: small archives of zeros are nothing to fear. */
  expansionFrom: 64 * 1024 * 1024,
  /** Links followed for one path, as Linux does. */
  linkHops: 40,
  /** Bytes of a file that is read into memory. */
  file: 256 * 1024 * 1024,
  /** Bytes of a table of contents as stored, and unpacked. */
  toc: 150 * 1024 * 1024,
  /** Paths that one warning names. */
  warningExamples: 3,
} as const;

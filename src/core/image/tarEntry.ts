/** What the reader of an archive tells of one entry. */
export interface TarEntry {
  /** As it is in the archive: bytes, with whatever slashes and dots it has. Good until the next entry. */
  readonly path: Uint8Array;
  readonly type: TarEntryType;
  /** Of the file; a sparse one has less in the archive. */
  readonly size: number;
  /** The low twelve bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** Of links, as it is in the archive. */
  readonly link: Uint8Array | undefined;
  /** Where the content begins in the archive. */
  readonly offset: number;
  /** Bytes of content in the archive. */
  readonly stored: number;
  /** Of a sparse file: where its pieces belong, one after the other as they are stored. The rest is zeros. */
  readonly sparse: readonly SparsePiece[] | undefined;
}

export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'device' | 'fifo';

export interface SparsePiece {
  readonly offset: number;
  readonly length: number;
}

/** What is odd or broken in an archive, which is listed all the same as far as it can be. */
export type TarWarning =
  /** The archive ends in the middle of something. */
  | 'truncated'
  /** A header cannot be read; what follows it is not listed. */
  | 'broken-header'
  /** Attributes of an entry cannot be read, or are too long; what they say is not known. */
  | 'broken-attributes'
  /** An entry whose name cannot be one: left out. */
  | 'unusable-name'
  /** A name that leads out of the image: kept inside. */
  | 'outside'
  /** An entry of a kind that is not known, listed as a file; or that says nothing about files: left out. */
  | 'unknown-type'
  /** A file in whose place a folder is needed. */
  | 'file-as-folder'
  /** There is something after the end. */
  | 'after-end';

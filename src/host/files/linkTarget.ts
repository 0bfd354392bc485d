import type { FileEntry } from '../../api.ts';
import type { OpenedFiles } from '../../core/imageFiles.ts';

/** What an entry leads to; `undefined` where its links lead nowhere. */
export function targetOf(files: OpenedFiles, entry: FileEntry): FileEntry | undefined {
  if (entry.type !== 'symlink' && entry.type !== 'hardlink') return entry;
  try {
    return files.target(entry.path);
  } catch {
    return undefined;
  }
}

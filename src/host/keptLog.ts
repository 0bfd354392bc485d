import type { Log } from '../core/ports.ts';

/** Lines that are kept for a report: those of some minutes of work. */
const keptLines = 300;
/** Characters of a line; the log itself has it whole. */
const keptLength = 500;

export interface KeptLog extends Log {
  /** The last lines, oldest first. */
  lines(): readonly string[];
}

/** A log that remembers its end: VS Code lets an extension write to its log, and not read it. */
export function keepLog(log: Log): KeptLog {
  const lines: string[] = [];
  const keep = (level: keyof Log) => (message: string) => {
    lines.push(`${new Date().toISOString()} [${level}] ${message.slice(0, keptLength)}`);
    if (lines.length > keptLines) lines.shift();
    log[level](message);
  };
  return {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    lines: () => [...lines],
  };
}

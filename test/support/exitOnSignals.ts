/** Ends by `process.exit`, so that what was started and written is cleaned up by the handlers of the event `exit`. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

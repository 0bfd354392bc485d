/*
 * The inner modules of undici that Gantry uses (the version is pinned for their sake). The package's own entry would put
 * its agent into the process-wide slots that every other extension's built-in `fetch` uses.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  import type { Agent } from 'undici';

  const AgentConstructor: typeof Agent;
  export default AgentConstructor;
}

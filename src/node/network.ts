/** The bundle that is loaded at the first request: undici takes some 300 KB. */
export { createFindEngine } from './engine.ts';
export { createTransport, type Transport, type TransportOptions } from './transport.ts';

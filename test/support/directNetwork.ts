import type { NetworkSettings } from '../../src/node/networkSettings.ts';

/** VS Code's settings of the network as they are when nobody has touched them. */
export const directNetwork: NetworkSettings = { noProxy: [], proxyStrictSSL: true, proxySupport: 'override' };

/** What VS Code's settings `http.*` say, read anew for each connection that is opened. */
export interface NetworkSettings {
  /** `http.proxy`; absent when empty. */
  readonly proxy?: string;
  /** `http.noProxy`. */
  readonly noProxy: readonly string[];
  /** `http.proxyStrictSSL`: whether the certificate of the proxy is verified. Says nothing about registries. */
  readonly proxyStrictSSL: boolean;
  /** `http.proxySupport`: no proxy at all when `off`; the others are all the same to Gantry. */
  readonly proxySupport: 'off' | 'on' | 'fallback' | 'override';
  /** `http.proxyAuthorization`: the value of the header `Proxy-Authorization`. */
  readonly proxyAuthorization?: string;
}

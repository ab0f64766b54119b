/** Names that never go by a proxy: what the sandbox itself serves. */
const own = "localhost,127.0.0.1,::1";

/**
 * The variables by which programs find a proxy. Go, git, curl, pip, Bundler, Composer and most others read the first ones, in either case; the
 * rest have names of their own.
 * @param url of the proxy, as it is reached inside
 */
export function proxyEnvironment(url: string): Readonly<Record<string, string>> {
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: own,
    no_proxy: own,
    NODE_USE_ENV_PROXY: "1",
    npm_config_proxy: url,
    npm_config_https_proxy: url,
    npm_config_noproxy: own,
    YARN_HTTP_PROXY: url,
    YARN_HTTPS_PROXY: url,
    PIP_PROXY: url,
    CARGO_HTTP_PROXY: url,
  };
}

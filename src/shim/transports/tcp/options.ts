// The options of tcp() in Node, Deno and Bun. Types only: they need no types of Node's.

/** Text or bytes of PEM. */
export type Pem = string | ArrayBuffer | ArrayBufferView;

/** Options of the platform's TLS, by Node's names. */
export interface NodeTlsOptions {
  /** The protocols to offer by ALPN; `['http/1.1']` by default, none for an empty array. */
  ALPNProtocols?: readonly string[] | undefined;
  /** The authorities to trust, in place of the platform's. */
  ca?: Pem | readonly Pem[] | undefined;
  /** The client's certificate, followed by those of its issuers. With {@link key}. */
  cert?: Pem | undefined;
  /** Lists of revoked certificates, one of each authority on the path. In Node only. */
  crl?: Pem | readonly Pem[] | undefined;
  /** The private key of the client's certificate. */
  key?: Pem | undefined;
  /** What {@link key} or {@link pfx} is encrypted with. */
  passphrase?: string | undefined;
  /** The client's certificate and key as PKCS#12. */
  pfx?: ArrayBuffer | ArrayBufferView | undefined;
  /** `false`: any certificate of the server is accepted, which nobody should do outside of tests. */
  rejectUnauthorized?: boolean | undefined;
  /** The host name to verify, and to send as SNI, in place of the URL's. */
  servername?: string | undefined;
}

/** Resolves a host's name, as `dns.lookup()` of Node does. */
export type Lookup = (
  hostname: string,
  // biome-ignore lint/suspicious/noExplicitAny: Node's own type isn't named, which needs the package @types/node
  options: any,
  callback: (
    error: Error | null,
    address: string | { address: string; family: number }[],
    family?: number | undefined,
  ) => void,
) => void;

/** A proxy, with options of TLS with the proxy itself, which needs a URL with the scheme `https`. */
export interface TcpProxy extends Omit<NodeTlsOptions, 'ALPNProtocols'> {
  /** `http:`, `https:`, `socks5:` or `socks5h:`, perhaps with a user name and a password. */
  url: string | URL;
}

/** Options of {@link tcp}. Those of TLS are for `wss:`, and are passed on to the platform. */
export interface TcpOptions extends NodeTlsOptions {
  /** The IP version of the host's addresses: 4, 6, or 0, the default, for both. */
  family?: 0 | 4 | 6 | undefined;
  /** A target has it, options don't. */
  hostname?: undefined;
  /** The address of this machine to connect from. */
  localAddress?: string | undefined;
  /** Resolves the names of hosts, in place of the system's resolver. */
  lookup?: Lookup | undefined;
  /** The path of a unix socket, or the name of a Windows pipe, to connect to in place of the URL's host and port. */
  path?: string | undefined;
  /**
   * The proxy to connect through; `false` for none. By default the one that the environment names, in Node only with
   * `NODE_USE_ENV_PROXY=1`.
   */
  proxy?: false | string | URL | TcpProxy | undefined;
  /** How long connecting may take, with a proxy's handshake and that of TLS, in milliseconds. No limit by default. */
  timeout?: number | undefined;
  /** Whether the process may end although sockets are open, as after `unref()` of Node's sockets. `false` by default. */
  unref?: boolean | undefined;
}

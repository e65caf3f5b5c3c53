// The interface of a transport.

import type { IPAddressSpace } from './address-space.ts';

/** The server that a transport connects to. */
export interface TransportTarget {
  /** The host's name or address; an IPv6 address without brackets. */
  readonly hostname: string;
  /** The port; the scheme's default if the URL names none. */
  readonly port: number;
  /**
   * Whether the URL's scheme is `wss`: the bytes must be encrypted, by TLS with the host at the other end, and the
   * object that the transport returns must say so ({@link ConnectionSecurity.secure}).
   */
  readonly secure: boolean;
  /** The WebSocket's URL. */
  readonly url: string;
  /**
   * The socket's option of that name (WICG Local Network Access), for transports that connect by the browser: the address
   * space that the caller expects of what the browser connects to, such as a relay. `undefined` if the option isn't given.
   */
  readonly targetAddressSpace?: IPAddressSpace | undefined;
  /** Aborts when the connection is no longer wanted. */
  readonly signal: AbortSignal;
}

/** Whether a connection that a transport made is encrypted, and how. */
export interface ConnectionSecurity {
  /** What `connectionOf(socket).transport` returns; by default the name of the transport's function. */
  readonly name?: string;
  /**
   * Whether the bytes are encrypted between here and the host that the URL names, as by TLS with its certificate checked.
   * Without it, a `wss:` connection fails before a byte is written.
   */
  readonly secure?: boolean;
  /** What `connectionOf(socket).tls` returns, if the bytes are encrypted by TLS and this is known. */
  readonly tls?: TlsFacts | undefined;
}

/** The parameters of a TLS connection. Platforms' own TLS may leave out those that may be `undefined`. */
export interface TlsFacts {
  /** `'TLSv1.3'` or `'TLSv1.2'`. */
  readonly protocol: string;
  /** The cipher suite, by its name in IANA's registry: `'TLS_CHACHA20_POLY1305_SHA256'`. */
  readonly cipherSuite: string | undefined;
  /** The group of the key exchange, by its name in IANA's registry: `'X25519'`, `'secp256r1'`. */
  readonly group: string | undefined;
  /** Whether an earlier session was resumed: then the server's certificate was verified in that session. */
  readonly resumed: boolean | undefined;
  /** The protocol that the server chose by ALPN; `undefined` for none. */
  readonly alpnProtocol: string | undefined;
  /** The server's certificate. */
  readonly certificate: TlsCertificate | undefined;
  /** The certificates that the server sent, as DER: its own, and those of its issuers. */
  readonly certificates: readonly Uint8Array[];
}

/** A certificate (RFC 5280). */
export interface TlsCertificate {
  /** The distinguished name of its subject, as text (RFC 4514). */
  readonly subject: string;
  /** That of its issuer. */
  readonly issuer: string;
  /** The start of its validity. */
  readonly validFrom: Date;
  /** The end of its validity. */
  readonly validTo: Date;
  /** The SHA-256 of its DER, in pairs of hexadecimal digits: `'A1:B2:…'`. */
  readonly fingerprint256: string;
}

/** A byte stream in both directions, such as `TCPSocket.opened` or a WebTransport stream. */
export interface ByteStream extends ConnectionSecurity {
  /** Bytes from the server. Its end is the end of the connection. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Bytes for the server. A write's promise fulfils when they are flushed: `bufferedAmount` then goes down. */
  readonly writable: WritableStream<Uint8Array>;
}

/** Receives what a {@link Link} delivers. */
export interface LinkSink {
  /** Takes bytes from the server. The link must not use the chunk again. */
  data(chunk: Uint8Array): void;
  /** The server sends no more. */
  end(): void;
  /** The link broke. */
  fail(error: unknown): void;
}

/**
 * A byte stream by callbacks, as the built-in transports return it: chunks need no promises.
 *
 * Nothing is delivered before {@link Link.open}, and nothing after `end`, `fail` or {@link Link.destroy}.
 */
export interface Link extends ConnectionSecurity {
  /**
   * Whether each delivery is in an event-loop task of its own, as a call of an event listener is, or at least begins with
   * an empty stack after all microtasks have run: an event may then be dispatched in that task. Without this it waits for
   * another one. Deliveries within {@link Link.resume} or {@link Link.open} need not be so.
   */
  readonly ownTasks?: boolean;
  /** Starts delivery. */
  open(sink: LinkSink): void;
  /** Writes bytes; calls `flushed` once, when they are flushed. The callbacks of several writes may run in any order. */
  write(chunk: Uint8Array, flushed: () => void): void;
  /** Stops delivery until {@link Link.resume}, if the link can do that. */
  pause(): void;
  resume(): void;
  /** Ends the writing side once everything written is flushed. */
  end(): void;
  /** Drops the connection at once. */
  destroy(): void;
}

/**
 * Connects to a host, for one WebSocket.
 *
 * It throws or rejects when it can't connect: the WebSocket then fails with the error's message, and with its `code` if
 * that is a name in kebab case.
 */
export type Transport = (target: TransportTarget) => ByteStream | Link | PromiseLike<ByteStream | Link>;

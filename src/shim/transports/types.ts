// What a transport is.

/** Where a transport is to connect to. */
export interface TransportTarget {
  /** The host's name or address; an IPv6 address without brackets. */
  readonly hostname: string;
  /** The port, the scheme's own where the URL names none. */
  readonly port: number;
  /**
   * Whether the URL's scheme is `wss`: the bytes must be carried encrypted, by TLS with the host at the other end, and what
   * is returned must say so ({@link Carrying.secure}).
   */
  readonly secure: boolean;
  /** The WebSocket's URL. */
  readonly url: string;
  /** Aborts when the connection is no longer wanted. */
  readonly signal: AbortSignal;
}

/** What a transport says of the connection that it made. */
export interface Carrying {
  /**
   * Whether the bytes are encrypted between here and the host that the URL names, as by TLS with its certificate checked.
   * Over anything that doesn't say so, a `wss:` connection fails before a byte is written.
   */
  readonly secure?: boolean;
}

/** A byte stream in both directions, as `TCPSocket.opened` or a WebTransport stream gives it. */
export interface ByteStream extends Carrying {
  /** The server's bytes. Its end is the end of the connection. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Bytes for the server. A write's promise settles when the bytes have left: `bufferedAmount` goes down with it. */
  readonly writable: WritableStream<Uint8Array>;
}

/** Receives what a {@link Link} delivers. */
export interface LinkSink {
  /** Takes bytes from the server. The chunk isn't the link's any more. */
  data(chunk: Uint8Array): void;
  /** The server sends no more. */
  end(): void;
  /** The link broke. */
  fail(error: unknown): void;
}

/**
 * A byte stream by callbacks: what the built-in transports give. It spares a promise for each chunk.
 *
 * Nothing is delivered before {@link Link.open}, and nothing after `end`, `fail` or {@link Link.destroy}.
 */
export interface Link extends Carrying {
  /**
   * Whether whatever it delivers while it isn't paused is delivered in its own event-loop task, as to a listener of the
   * platform's: an event may then be dispatched in it. Without this an event waits for a task.
   */
  readonly ownTasks?: boolean;
  /** Starts delivery. */
  open(sink: LinkSink): void;
  /** Writes bytes; calls `left` once, when they have left. The callbacks of several writes may run in any order. */
  write(chunk: Uint8Array, left: () => void): void;
  /** Asks that nothing be delivered until {@link Link.resume}, where the link can do that. */
  pause(): void;
  resume(): void;
  /** Ends the writing side, after what was written. */
  end(): void;
  /** Drops the connection at once. */
  destroy(): void;
}

/**
 * Carries the bytes of one connection.
 *
 * It throws or rejects when it can't connect: the connection then fails with the error's message, and with its `code`
 * where that is a name in kebab case.
 */
export type Transport = (target: TransportTarget) => ByteStream | Link | PromiseLike<ByteStream | Link>;

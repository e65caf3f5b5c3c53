// The public types of the class: an interface and a constructor. A declared class would have private fields, to which
// lib.dom's `WebSocket` isn't assignable. Names of lib.dom that Node's types lack are not used.
import type { WebSocketInit } from '../arguments/options.ts';

/** The type of a binary message's `data`: a `Blob`, or an `ArrayBuffer`. */
export type BinaryType = 'blob' | 'arraybuffer';

/**
 * The event of a closed connection.
 *
 * @see {@link https://websockets.spec.whatwg.org/#the-closeevent-interface | WHATWG WebSockets 6}
 */
export interface CloseEvent extends Event {
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean;
  /**
   * The close code: the server's, or 1005 if it sent none, or 1006 if the connection was lost or failed.
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-7.4 | RFC 6455 7.4}
   */
  readonly code: number;
  /** The server's reason, `''` if it sent none. */
  readonly reason: string;
}

/** The events of a {@link WebSocket}, by type. */
export interface WebSocketEventMap {
  /** The connection is established. */
  open: Event;
  /** A message was received; `data` is a string, or of the type in {@link WebSocket.binaryType}. */
  message: MessageEvent;
  /** The connection failed. The standard's event has no reason: see `connectionOf(socket).failure`. */
  error: Event;
  /** The connection is closed. Always dispatched, as the last event. */
  close: CloseEvent;
}

/** A listener for {@link WebSocket.addEventListener}. */
export type WebSocketListener<E> = ((this: WebSocket, event: E) => unknown) | { handleEvent(event: E): unknown } | null;

/**
 * `this` of a handler: a {@link WebSocket}. In lib.dom of TypeScript 5 the state is any number; if handlers demanded one of
 * four, a {@link WebSocket} would not be assignable to lib.dom's.
 */
// biome-ignore lint/suspicious/noExplicitAny: assignable in both directions, to either lib.dom
type HandlerThis = Omit<WebSocket, Loose> & Record<Loose, any>;
type Loose = 'readyState' | 'onopen' | 'onmessage' | 'onerror' | 'onclose';

/** Options for {@link WebSocket.addEventListener}, as for any event target. */
export interface ListenerOptions {
  capture?: boolean;
  /** Calls the listener for one event only. */
  once?: boolean;
  passive?: boolean;
  /** Removes the listener when it aborts. */
  signal?: AbortSignal;
}

/**
 * A connection to a WebSocket server, with the interface of the browser's own class, event for event and error for error.
 * Pings, frames and the reason of a failure, which that class doesn't expose, are in `connectionOf(socket)`.
 *
 * @see {@link https://websockets.spec.whatwg.org/#the-websocket-interface | WHATWG WebSockets 3.1}
 */
export interface WebSocket extends EventTarget {
  /** Not yet open: {@link send} throws. */
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  /** `close()` was called, or the server is closing: {@link send} only counts. */
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /** The URL, as the URL standard serialises it; `http:` and `https:` have become `ws:` and `wss:`. */
  readonly url: string;
  /** {@link CONNECTING}, {@link OPEN}, {@link CLOSING} or {@link CLOSED}. */
  readonly readyState: 0 | 1 | 2 | 3;
  /**
   * The bytes of payload passed to {@link send} that are not flushed yet; text counts in UTF-8, a `Blob` with its size. It
   * grows at once, falls in later tasks only, and is never reset.
   */
  readonly bufferedAmount: number;
  /** The extensions in use; `''` for none, and before the connection is open. */
  readonly extensions: string;
  /** The subprotocol that the server chose; `''` for none, and before the connection is open. */
  readonly protocol: string;
  /** The type of binary messages; `'blob'` at first. Assigning another value has no effect. */
  binaryType: BinaryType;
  /** Called when the connection is established. */
  onopen: ((this: HandlerThis, event: Event) => unknown) | null;
  /** Called with each message. */
  onmessage: ((this: HandlerThis, event: MessageEvent) => unknown) | null;
  /** Called when the connection fails; `close` follows. */
  onerror: ((this: HandlerThis, event: Event) => unknown) | null;
  /** Called when the connection is closed, however it ended. */
  onclose: ((this: HandlerThis, event: CloseEvent) => unknown) | null;
  /**
   * Sends a message: text, or bytes as one binary message. Bytes are copied now; a `Blob` is read when the messages before
   * it are sent, and those after it wait. Once the socket is closing nothing is sent, but {@link bufferedAmount} still grows.
   *
   * @param data lone surrogates in a string become U+FFFD, unless the option `unpairedSurrogates` is `'throw'`
   * @throws {DOMException} `InvalidStateError` while {@link CONNECTING}
   * @throws {TypeError} for shared or resizable memory, and for a value that can't be converted to a string
   * @see {@link https://websockets.spec.whatwg.org/#dom-websocket-send | WHATWG WebSockets 3.1, send()}
   */
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void;
  /**
   * Starts the closing handshake after the messages sent so far, or aborts a connection that isn't open yet. A second
   * call does nothing, but its arguments are checked.
   *
   * @param code 1000, or 3000 to 4999; without one the Close frame has none
   * @param reason at most 123 bytes of UTF-8
   * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
   * @see {@link https://websockets.spec.whatwg.org/#dom-websocket-close | WHATWG WebSockets 3.1, close()}
   */
  close(code?: number, reason?: string): void;
  addEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: WebSocketListener<WebSocketEventMap[K]>,
    options?: boolean | ListenerOptions,
  ): void;
  addEventListener(type: string, listener: WebSocketListener<Event>, options?: boolean | ListenerOptions): void;
  removeEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: WebSocketListener<WebSocketEventMap[K]>,
    options?: boolean | { capture?: boolean },
  ): void;
  removeEventListener(
    type: string,
    listener: WebSocketListener<Event>,
    options?: boolean | { capture?: boolean },
  ): void;
}

/** The constructor of {@link WebSocket}. */
export interface WebSocketConstructor {
  /**
   * Connects. The outcome, including a failure, is reported by events.
   *
   * @param url `ws:`, `wss:`, `http:` or `https:`, without a fragment; in a page relative to it
   * @param protocols subprotocols, the preferred one first, or {@link WebSocketInit}
   * @throws {DOMException} `SyntaxError` for the URL, and for a subprotocol that isn't a token or is repeated
   * @throws {TypeError} for an invalid option, and for one that the transport can't honour
   * @see {@link https://websockets.spec.whatwg.org/#dom-websocket-websocket | WHATWG WebSockets 3.1, the constructor}
   * @example
   * const socket = new WebSocket('wss://echo.example/', { protocols: ['chat'], headers: { 'X-Token': 'secret' } });
   * socket.onmessage = ({ data }) => console.log(data);
   */
  new (url: string | URL, protocols?: string | Iterable<string> | WebSocketInit): WebSocket;
  readonly prototype: WebSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}

// WebSocketStream: a connection as two streams of messages (a draft of WHATWG WebSockets).

import { convertStreamOptions, type WebSocketInit } from '../arguments/options.ts';
import { convertSendData } from '../arguments/send-data.ts';
import type { Channel } from '../channel/channel.ts';
import { connect } from '../channel/connect.ts';
import { OPEN } from '../channel/ready-state.ts';
import { onAbort } from '../platform/abort-signal.ts';
import { isBinary } from '../platform/binary.ts';
import { baseUrl, DOMException, ReadableStream, WritableStream } from '../platform/globals.ts';
import { native } from '../transports/native.ts';
import { checkClose } from '../wasm/core.ts';
import { failureOn } from '../websocket/handshake-response.ts';
import { setSide } from '../websocket/stream-sides.ts';
import { Drain } from './drain.ts';
import { convertCloseInfo, errorFromPeer, type WebSocketCloseInfo, WebSocketError } from './web-socket-error.ts';

/** How many bytes of payload may be buffered before a write pends. */
const MAX_BUFFERED = 256 * 1024;

/** The value that {@link WebSocketStream.opened} resolves with. */
export interface WebSocketOpenInfo {
  /**
   * The server's messages: text as strings, bytes as `Uint8Array`s. Over a byte-stream transport, reading from the network
   * stops while more than the option `highWaterMark` is unread, so that back-pressure reaches the server.
   */
  readable: ReadableStream<string | Uint8Array<ArrayBuffer>>;
  /** Messages for the server: a chunk of bytes is sent as bytes, any other as text. A write pends while much is buffered. */
  writable: WritableStream<string | ArrayBuffer | ArrayBufferView<ArrayBuffer>>;
  /** The extensions in use; `''` for none. */
  extensions: string;
  /** The subprotocol that the server chose; `''` for none. */
  protocol: string;
}

/** Options of a {@link WebSocketStream}: those of a WebSocket, but `protocols` is never a string. */
export interface WebSocketStreamOptions extends Omit<WebSocketInit, 'protocols'> {
  /** Subprotocols, the preferred one first. */
  protocols?: Iterable<string>;
}

/**
 * A connection to a WebSocket server as a pair of streams, with back-pressure in both directions.
 *
 * @see {@link https://github.com/whatwg/websockets/pull/48 | WHATWG WebSockets, WebSocketStream}
 * @example
 * const { readable, writable } = await new WebSocketStream('wss://echo.example/').opened;
 */
export class WebSocketStream {
  readonly #channel: Channel;
  readonly #opened = settled<WebSocketOpenInfo>();
  readonly #closed = settled<WebSocketCloseInfo>();
  /** Settles the close of the writable. */
  readonly #ended = settled<void>();
  readonly #drain: Drain;
  #connected = false;
  #forgetSignal = () => {};
  #aborted = false;
  #closing = false;
  /** Whether the connection ended without a complete closing handshake. */
  #lost = false;
  #readable!: ReadableStreamDefaultController<string | Uint8Array<ArrayBuffer>>;
  #writable!: WritableStreamDefaultController;

  /**
   * Connects.
   *
   * @param url `ws:`, `wss:`, `http:` or `https:`, without a fragment; in a page relative to it
   * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols
   * @throws {TypeError} for an option
   */
  constructor(url: string | URL, options: WebSocketStreamOptions | null | undefined = undefined) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'WebSocketStream': 1 argument required, but only 0 present.");
    }
    const href = `${url}`;
    if (!ReadableStream || !WritableStream) {
      throw new DOMException('This environment has no streams for a WebSocketStream.', 'NotSupportedError');
    }
    const converted = convertStreamOptions(options);
    this.#channel = connect(
      { url: href, base: baseUrl(), options: converted },
      {
        open: () => this.#open(),
        message: (data) => this.#message(data),
        error: () => {},
        trapped: () => {
          this.#closing = this.#lost = true;
          this.#drain.end();
        },
        close: ({ wasClean, code, reason }) => this.#close(wasClean === true, code ?? 1006, reason ?? ''),
      },
    );
    this.#drain = new Drain(this.#channel, converted.transport === native);
    // The channel itself aborts connecting; the promises reject with the signal's reason.
    const { signal } = converted;
    this.#forgetSignal = onAbort(signal, () => {
      this.#aborted = this.#closing = true;
      this.#opened.reject(signal?.reason);
      this.#closed.reject(signal?.reason);
    });
    const channel = this.#channel;
    setSide(this, { channel, attributes: channel, strictText: converted.strictText });
    channel.begin();
  }

  /** The URL, as the URL standard serialises it. */
  get url(): string {
    return this.#channel.url;
  }

  /** Resolves when the connection is established; rejects with a {@link WebSocketError} if it can't be. */
  get opened(): Promise<WebSocketOpenInfo> {
    return promised(() => this.#opened.promise);
  }

  /**
   * Resolves when the connection was closed by both sides, with the server's code and reason; rejects with a
   * {@link WebSocketError} if it failed or was lost.
   */
  get closed(): Promise<WebSocketCloseInfo> {
    return promised(() => this.#closed.promise);
  }

  /**
   * Starts the closing handshake after everything written so far, or aborts a connection that isn't open yet.
   *
   * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
   * @throws {TypeError} for a code that isn't a number from 0 to 65,535
   */
  close(closeInfo: WebSocketCloseInfo | null | undefined = undefined): void {
    // The brand check comes first.
    const channel = this.#channel;
    const { closeCode, reason } = convertCloseInfo(closeInfo);
    checkClose(closeCode, reason);
    channel.close(closeCode ?? (reason === '' ? undefined : 1000), reason === '' ? undefined : reason);
    this.#closing = true;
    // Messages that are held back are dropped.
    channel.release();
  }

  #open(): void {
    const { extensions, protocol } = this.#channel;
    this.#forgetSignal();
    this.#connected = true;
    // Held until there is room: the stream pulls when it is constructed.
    this.#channel.hold();
    // Without a prototype: a script may have put members of these names on Object.prototype.
    const readable = new ReadableStream<string | Uint8Array<ArrayBuffer>>({
      __proto__: null,
      start: (controller: ReadableStreamDefaultController<string | Uint8Array<ArrayBuffer>>) => {
        this.#readable = controller;
      },
      pull: () => this.#channel.release(),
      cancel: (reason: unknown) => this.#closeFor(reason),
    } as UnderlyingDefaultSource<string | Uint8Array<ArrayBuffer>>);
    const writable = new WritableStream<string | ArrayBuffer | ArrayBufferView<ArrayBuffer>>({
      __proto__: null,
      start: (controller: WritableStreamDefaultController) => {
        this.#writable = controller;
        // The sink's own abort() is called after a pending write, which may never settle.
        controller.signal.addEventListener('abort', () => this.#closeFor(controller.signal.reason));
      },
      write: (chunk: unknown) => this.#write(chunk),
      close: () => {
        this.close();
        return this.#ended.promise;
      },
      abort: (reason: unknown) => this.#closeFor(reason),
    } as UnderlyingSink<string | ArrayBuffer | ArrayBufferView<ArrayBuffer>>);
    this.#opened.resolve({ readable, writable, extensions, protocol });
  }

  #message(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closing) return;
    this.#channel.hold();
    this.#readable.enqueue(data);
  }

  /** The sink's write: pends while more than MAX_BUFFERED bytes, this message included, are buffered. */
  async #write(chunk: unknown): Promise<void> {
    const data = convertSendData(isBinary(chunk) ? chunk : `${chunk as string}`.toWellFormed());
    if (this.#closing || this.#channel.readyState !== OPEN) throw notWritable();
    if (data instanceof Uint8Array) this.#channel.sendBinary(data);
    else this.#channel.sendText(data as string);
    await this.#drain.wait(MAX_BUFFERED);
    // The connection may have ended meanwhile.
    if (this.#lost) throw notWritable();
  }

  #closeFor(why: unknown): void {
    try {
      if (why instanceof WebSocketError) {
        const { closeCode, reason } = why;
        this.close(closeCode === null ? { reason } : { closeCode, reason });
        return;
      }
    } catch {
      // A code that only a server may send, or a revoked proxy.
    }
    this.close();
  }

  #close(wasClean: boolean, closeCode: number, reason: string): void {
    this.#closing = true;
    this.#drain.end();
    this.#forgetSignal();
    if (this.#aborted) return;
    // Otherwise the server closed before everything written was sent.
    if (wasClean && this.#channel.bufferedAmount === 0) {
      ignoreErrors(() => this.#readable.close());
      this.#ended.resolve();
      this.#writable.error(notWritable());
      this.#closed.resolve({ closeCode, reason });
      return;
    }
    this.#lost = true;
    const failure = failureOn(this.#channel);
    const why =
      failure?.message ?? (wasClean ? 'the server closed before everything was sent' : 'the connection was lost');
    if (!this.#connected) this.#opened.reject(errorFromPeer(why, null, '', failure));
    const error = errorFromPeer(why, closeCode, reason, failure);
    this.#readable?.error(error);
    this.#ended.reject(error);
    this.#writable?.error(error);
    this.#closed.reject(error);
  }
}

for (const name of ['url', 'opened', 'closed', 'close']) {
  Object.defineProperty(WebSocketStream.prototype, name, { enumerable: true });
}
Object.defineProperty(WebSocketStream, 'name', { value: 'WebSocketStream', configurable: true });
Object.defineProperty(WebSocketStream.prototype, Symbol.toStringTag, { value: 'WebSocketStream', configurable: true });

/** A promise and its functions; a rejection needs no handler. */
function settled<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((resolve_, reject_) => {
    resolve = resolve_;
    reject = reject_;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** A getter that returns a promise never throws (Web IDL 3.7.6). */
function promised<Value>(get: () => Promise<Value>): Promise<Value> {
  try {
    return get();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Runs `run`, which throws if the user has ended the stream already. */
function ignoreErrors(run: () => void): void {
  try {
    run();
  } catch {
    // The stream is closed.
  }
}

/** The error of a write to a closed connection. */
function notWritable(): DOMException {
  return new DOMException('The connection is closed: nothing can be written.', 'InvalidStateError');
}

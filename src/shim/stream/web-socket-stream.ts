// A connection as two streams of messages (WHATWG WebSockets, WebSocketStream; not yet in the standard).
import type { Channel } from '../channel.ts';
import { connect, type Live } from '../connecting.ts';
import { checkClose } from '../core.ts';
import { convertData, type Data } from '../data.ts';
import { convertOptions, type WebSocketOptions } from '../options.ts';
import { baseUrl } from '../websocket.ts';
import { convertCloseInfo, errorFromPeer, type WebSocketCloseInfo, WebSocketError } from './web-socket-error.ts';

/** How much payload may wait to leave before a write waits, in bytes. */
const MAX_BUFFERED = 256 * 1024;

/** What {@link WebSocketStream.opened} resolves with. */
export interface WebSocketOpenInfo {
  /**
   * The server's messages: text as strings, bytes as `Uint8Array`s. Over a transport of bytes no message is taken from the
   * network before there is room for it, so that the server feels when nobody reads.
   */
  readable: ReadableStream<string | Uint8Array<ArrayBuffer>>;
  /** Messages for the server: a chunk of bytes is sent as bytes, any other as text. A write waits where much is buffered. */
  writable: WritableStream<string | ArrayBuffer | ArrayBufferView<ArrayBuffer>>;
  /** The extensions in use, `''` for none. */
  extensions: string;
  /** The subprotocol that the server chose, `''` for none. */
  protocol: string;
}

/** Options of a {@link WebSocketStream}: those of a WebSocket, but `protocols` is never a string. */
export interface WebSocketStreamOptions extends Omit<WebSocketOptions, 'protocols'> {
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
  readonly #core: Live;
  readonly #url: string;
  readonly #channel: Channel;
  readonly #opened = settled<WebSocketOpenInfo>();
  readonly #closed = settled<WebSocketCloseInfo>();
  #connected = false;
  #aborted = false;
  #closing = false;
  #readable!: ReadableStreamDefaultController<string | Uint8Array<ArrayBuffer>>;
  #writable!: WritableStreamDefaultController;

  /**
   * Connects.
   *
   * @param url `ws:`, `wss:`, `http:` or `https:`, without a fragment; in a page relative to it
   * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols
   * @throws {TypeError} for an option
   */
  constructor(url: string | URL, options: WebSocketStreamOptions | null | undefined = {}) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'WebSocketStream': 1 argument required, but only 0 present.");
    }
    const href = `${url}`;
    const converted = convertOptions(checkOptions(options));
    const { core, channel } = connect(
      { url: href, base: baseUrl(), options: converted },
      {
        open: () => this.#open(),
        message: (data) => this.#message(data),
        error: () => {},
        trapped: () => {
          this.#closing = true;
        },
        close: (_, { wasClean, code, reason }) => this.#close(wasClean === true, code ?? 1006, reason ?? ''),
      },
    );
    this.#core = core;
    this.#url = core.url;
    this.#channel = channel;
    // The channel gives up connecting by itself; what is told is the signal's reason.
    const { signal } = converted;
    const abort = () => {
      if (this.#connected || this.#closing) return;
      this.#aborted = this.#closing = true;
      this.#opened.reject(signal?.reason);
      this.#closed.reject(signal?.reason);
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  }

  /** The URL, as the URL standard serialises it. */
  get url(): string {
    return this.#url;
  }

  /** Resolves when the connection is established; rejects with a {@link WebSocketError} where it can't be. */
  get opened(): Promise<WebSocketOpenInfo> {
    return promised(() => this.#opened.promise);
  }

  /**
   * Resolves when the connection was closed by both sides, with the server's code and reason; rejects with a
   * {@link WebSocketError} where it failed or was lost.
   */
  get closed(): Promise<WebSocketCloseInfo> {
    return promised(() => this.#closed.promise);
  }

  /**
   * Starts the closing handshake behind what was written; gives up a connection that isn't open yet.
   *
   * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
   * @throws {TypeError} for a code that is no number from 0 to 65,535
   */
  close(closeInfo: WebSocketCloseInfo | null | undefined = {}): void {
    // First of all the brand.
    const channel = this.#channel;
    const { closeCode, reason } = convertCloseInfo(closeInfo);
    checkClose(closeCode, reason);
    channel.close(closeCode ?? (reason === '' ? undefined : 1000), reason === '' ? undefined : reason);
    this.#closing = true;
    // Nobody gets what is kept back.
    channel.release();
  }

  #open(): void {
    const { extensions, protocol } = this.#core;
    this.#connected = true;
    // As it is until there is room: a stream pulls when it is made.
    this.#channel.hold();
    const readable = new ReadableStream<string | Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#readable = controller;
      },
      pull: () => this.#channel.release(),
      cancel: (reason) => this.#closeFor(reason),
    });
    const writable = new WritableStream<string | ArrayBuffer | ArrayBufferView<ArrayBuffer>>({
      start: (controller) => {
        this.#writable = controller;
      },
      write: (chunk) => this.#write(chunk),
      close: () => this.close(),
      abort: (reason) => this.#closeFor(reason),
    });
    this.#opened.resolve({ readable, writable, extensions, protocol });
  }

  #message(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#closing) return;
    this.#channel.hold();
    this.#readable.enqueue(data);
  }

  #write(chunk: unknown): Promise<void> | undefined {
    const isBytes = ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer;
    const data = convertData(isBytes ? chunk : `${chunk as string}`.toWellFormed());
    const room = this.#channel.drained(MAX_BUFFERED);
    if (!room) return this.#send(data);
    // What is sent is what was written, whatever becomes of it until then.
    const copy = data instanceof Uint8Array ? data.slice() : data;
    return room.then(() => this.#send(copy));
  }

  #send(data: Data): undefined {
    if (this.#closing || this.#core.readyState !== 1) return;
    if (data instanceof Uint8Array) this.#channel.sendBinary(data);
    else this.#channel.sendText(data as string);
  }

  #closeFor(why: unknown): void {
    if (why instanceof WebSocketError) {
      const { closeCode, reason } = why;
      try {
        this.close(closeCode === null ? { reason } : { closeCode, reason });
        return;
      } catch {
        // A code that only a server may say.
      }
    }
    this.close();
  }

  #close(wasClean: boolean, closeCode: number, reason: string): void {
    this.#closing = true;
    if (this.#aborted) return;
    if (wasClean) {
      attempt(() => this.#readable.close());
      const closed = 'The connection is closed: nothing can be written.';
      this.#writable.error(new DOMException(closed, 'InvalidStateError'));
      this.#closed.resolve({ closeCode, reason });
      return;
    }
    const why = this.#channel.failure ?? 'the connection was lost';
    if (!this.#connected) this.#opened.reject(new WebSocketError(why));
    const error = errorFromPeer(why, closeCode, reason);
    this.#readable?.error(error);
    this.#writable?.error(error);
    this.#closed.reject(error);
  }
}

for (const name of ['url', 'opened', 'closed', 'close']) {
  Object.defineProperty(WebSocketStream.prototype, name, { enumerable: true });
}
Object.defineProperty(WebSocketStream, 'name', { value: 'WebSocketStream', configurable: true });
Object.defineProperty(WebSocketStream.prototype, Symbol.toStringTag, { value: 'WebSocketStream', configurable: true });

/** A promise that nobody need listen to. */
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

/** A getter of a promise never throws (Web IDL 3.7.6). */
function promised<Value>(get: () => Promise<Value>): Promise<Value> {
  try {
    return get();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Does what can't be done to a stream that its user has ended already. */
function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // It is closed.
  }
}

/** `protocols` is a sequence here, and no string. */
function checkOptions(options: unknown): WebSocketOptions {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw new TypeError(`The options must be an object, not ${typeof options}.`);
  }
  const { protocols } = options as WebSocketOptions;
  if (protocols === undefined) return Object.create(options, { protocols: { value: undefined } });
  if (typeof protocols !== 'object' || typeof protocols?.[Symbol.iterator] !== 'function') {
    throw new TypeError("The option 'protocols' must be a sequence of strings.");
  }
  return Object.create(options, { protocols: { value: Array.from(protocols, (protocol) => `${protocol}`) } });
}

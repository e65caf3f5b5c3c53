// `connectionOf()`: what the standard's interface doesn't expose.

import { convertBytes, convertSendData } from '../arguments/send-data.ts';
import { ByteMonitor } from '../channel/byte/byte-monitor.ts';
import type { Channel, Monitor, MonitorObserver } from '../channel/channel.ts';
import type { FrameListener } from '../channel/frame-info.ts';
import type { ConnectionFailure } from '../failure.ts';
import { DOMException, Event, EventTarget } from '../platform/globals.ts';
import type { TlsFacts } from '../transports/types.ts';
import type {
  ConnectionEventMap,
  ConnectionListener,
  ConnectionListenerOptions,
  FrameEvent,
} from './connection-events.ts';
import { ConnectionListeners } from './connection-listeners.ts';
import { failureOn, type HandshakeResponse, responseOf } from './handshake-response.ts';
import { type SendingSide, send } from './send.ts';
import { type CompressionParameters, type ConnectionStatistics, compressionOf, statisticsOf } from './statistics.ts';

const { dispatchEvent } = EventTarget.prototype;
/** By a name of its own: declarations that name the import would need the types of every runtime's globals. */
const Base: typeof globalThis.EventTarget = EventTarget;

/** Options of {@link Connection.send}. */
export interface SendOptions {
  /**
   * Whether the message is compressed: `false` sends it as it is, `true` compresses it whatever its length, unless it doesn't
   * shrink or compression isn't in use. By default messages of at least `threshold` bytes are compressed.
   */
  compress?: boolean | undefined;
}

/** The connection of a WebSocket. {@link connectionOf} returns it. */
export class Connection extends Base {
  readonly #side: SendingSide;
  readonly #listeners = new ConnectionListeners(() => this.#observe());
  #tracer: ((event: FrameEvent) => void) | undefined;

  /** @internal */
  constructor(side: SendingSide) {
    super();
    this.#side = side;
  }

  get #channel(): Channel {
    return this.#side.channel;
  }

  /**
   * Why the connection failed, or was closed without a complete closing handshake; no event reports it. Over `native` the
   * browser doesn't report why: the code is `not-reported`.
   */
  get failure(): ConnectionFailure | undefined {
    return failureOn(this.#channel);
  }

  /**
   * The server's response to the opening handshake, also if it refused the connection. `undefined` before it was received,
   * and over `native`.
   */
  get response(): HandshakeResponse | undefined {
    return responseOf(this.#channel);
  }

  /**
   * The parameters of the connection's TLS, and the server's certificates. `undefined` before the connection is open, with
   * a `ws:` URL, over `native`, and over a transport of your own that doesn't report them.
   */
  get tls(): TlsFacts | undefined {
    return this.#channel.tls;
  }

  /**
   * The name of the transport: `'tcp'`, `'wisp'`, `'relay'`, `'webTransport'`, `'directSockets'` or `'native'`; of one of your
   * own the `name` that its result has, or that of the function. `tls()` has that of the transport in it.
   */
  get transport(): string {
    return monitorOf(this.#channel)?.transportName ?? 'native';
  }

  /**
   * The parameters of permessage-deflate. `undefined` before the connection is open, if it isn't in use, and over `native`:
   * there `extensions` of the socket names some of them.
   */
  get compression(): CompressionParameters | undefined {
    return compressionOf(monitorOf(this.#channel)?.facts);
  }

  /** Counters of both directions, as they are now. `undefined` over `native`, which doesn't count. */
  get statistics(): ConnectionStatistics | undefined {
    const monitor = monitorOf(this.#channel);
    return monitor && statisticsOf(monitor.facts, monitor.roundTripTime);
  }

  /**
   * Sends a message as the socket's own `send()` does, and in order with it.
   *
   * @throws {DOMException} as `send()`; a `NotSupportedError` for the option `compress` over `native`
   * @throws {TypeError} as `send()`, and for invalid options
   */
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob, options?: SendOptions): void {
    if (arguments.length === 0) throw new TypeError('send() needs an argument.');
    const converted = convertSendData(data);
    const compress = convertCompress(options);
    if (compress === undefined) {
      send(this.#side, converted);
      return;
    }
    const monitor = this.#monitor("The option 'compress' of send()");
    monitor.compressNext(compress);
    try {
      send(this.#side, converted);
    } finally {
      monitor.compressNext(undefined);
    }
  }

  /**
   * Sends a ping (RFC 6455 5.5.2).
   *
   * @param data at most 125 bytes; by default a unique number
   * @returns the milliseconds until its pong was received. Rejects with an `InvalidStateError` if the connection isn't
   *   open or closes before that, with a `TypeError` for data that isn't bytes or is too long, with a
   *   `NotSupportedError` over `native`
   */
  async ping(data?: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Promise<number> {
    const monitor = this.#monitor('ping()');
    const bytes = data === undefined ? undefined : convertBytes(data, 'Failed to send a ping: ');
    if (data !== undefined && !bytes) throw new TypeError(`The data of a ping must be bytes, not ${typeof data}.`);
    return monitor.ping(bytes);
  }

  /**
   * Drops the connection at once, in any state: nothing more is sent or dispatched but `error` and `close` with 1006, and
   * `failure` has the code `terminated`. The transport is aborted. On a closed socket it does nothing.
   *
   * @throws {DOMException} `NotSupportedError` over `native`, which can only `close()`
   */
  terminate(): void {
    this.#monitor('terminate()').terminate();
  }

  /**
   * Calls `listener` for each frame sent or received from now on; `null` stops it. It is a listener for the event `frame`
   * that replaces the one of the last call.
   *
   * @param listener its exceptions are reported
   * @param previewBytes the maximum length of {@link FrameInfo.preview}
   * @throws {DOMException} `NotSupportedError` over `native`, which exposes no frames
   */
  trace(listener: FrameListener | null, previewBytes = 256): void {
    this.#monitor('trace()');
    const before = this.#tracer;
    this.#tracer = listener ? ({ frame }) => void listener(frame) : undefined;
    // First, so that recording doesn't stop.
    if (this.#tracer) this.addEventListener('frame', this.#tracer, { previewBytes });
    if (before) this.removeEventListener('frame', before);
  }

  /**
   * Adds a listener. Its exceptions are reported, and don't change the connection.
   *
   * @throws {DOMException} `NotSupportedError` for these types over `native`
   */
  override addEventListener<K extends keyof ConnectionEventMap>(
    type: K,
    listener: ConnectionListener<ConnectionEventMap[K]>,
    options?: boolean | ConnectionListenerOptions,
  ): void {
    this.#monitor(`The event '${type}'`);
    const callback = this.#listeners.callbackFor(`${type}`, listener as EventListener | null, options);
    super.addEventListener(type, callback, options);
    if (callback) this.#listeners.add(`${type}`, listener as EventListener, callback, options);
  }

  override removeEventListener<K extends keyof ConnectionEventMap>(
    type: K,
    listener: ConnectionListener<ConnectionEventMap[K]>,
    options?: boolean | { capture?: boolean },
  ): void {
    super.removeEventListener(
      type,
      this.#listeners.callbackFor(`${type}`, listener as EventListener | null, options),
      options,
    );
    this.#listeners.remove(`${type}`, listener as EventListener | null, options);
  }

  /** @throws {DOMException} `NotSupportedError` over `native` */
  #monitor(what: string): Monitor {
    const monitor = monitorOf(this.#channel);
    if (monitor) return monitor;
    throw new DOMException(`${what} isn't supported over 'native'; use a byte-stream transport.`, 'NotSupportedError');
  }

  #observe(): void {
    const observer: MonitorObserver = {
      frame: (frame) => this.#dispatch('frame', { frame }),
      control: (type, payload) => this.#dispatch(type, { payload }),
    };
    const { previewBytes } = this.#listeners;
    monitorOf(this.#channel)?.observe({ observer, pings: this.#listeners.has('ping'), previewBytes });
  }

  #dispatch(type: string, members: object): void {
    if (this.#listeners.has(type)) dispatchEvent.call(this, Object.assign(new Event(type), members));
  }
}

/** Made here, so that a bundler drops the class if nothing imports `connectionOf()`. */
function monitorOf(channel: Channel): Monitor | undefined {
  return channel.monitor((...args) => new ByteMonitor(...args));
}

/** @throws {TypeError} for options that are no object, and for a `compress` that isn't a boolean */
function convertCompress(options: unknown): boolean | undefined {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== 'object')
    throw new TypeError(`The options of send() must be an object, not ${typeof options}.`);
  const { compress } = options as { compress?: unknown };
  if (compress === undefined || typeof compress === 'boolean') return compress;
  throw new TypeError(`The option 'compress' must be a boolean, not ${typeof compress}.`);
}

// The class, in the exact shape that Web IDL prescribes (WHATWG WebSockets 3.1).

import { convertOptions, type WebSocketInit } from '../arguments/options.ts';
import { convertSendData, type SendData } from '../arguments/send-data.ts';
import type { Channel } from '../channel/channel.ts';
import { connect } from '../channel/connect.ts';
import { CLOSED, CLOSING, CONNECTING, OPEN } from '../channel/ready-state.ts';
import { blobSize } from '../platform/binary.ts';
import {
  Blob,
  baseUrl,
  DOMException,
  Event,
  EventTarget,
  MessageEvent,
  queueMicrotask,
  URL,
} from '../platform/globals.ts';
import { utf8Length } from '../platform/utf8.ts';
import { checkClose } from '../wasm/core.ts';
import { CloseEvent } from './close-event.ts';
import { Connection } from './connection.ts';
import { EventHandlers } from './event-handlers.ts';
import type { WebSocket as Interface } from './interface.ts';

/** The attributes of a closed socket: the last values, and `bufferedAmount`, which still grows. */
class ClosedAttributes {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly readyState = CLOSED;
  bufferedAmount: number;

  constructor({ url, protocol, extensions, bufferedAmount }: Channel) {
    this.url = url;
    this.protocol = protocol;
    this.extensions = extensions;
    this.bufferedAmount = bufferedAmount;
  }
}

/** Listeners have the types of their events, as with the platform's class. */
export interface WebSocket {
  addEventListener: Interface['addEventListener'];
  removeEventListener: Interface['removeEventListener'];
}

let connection: (socket: WebSocket) => Connection;

/**
 * The implementation of {@link Interface}.
 *
 * @see https://websockets.spec.whatwg.org/#the-websocket-interface
 */
export class WebSocket extends EventTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  /** The channel, or after `close` the final attributes. */
  #attributes: Channel | ClosedAttributes;
  readonly #channel: Channel;
  readonly #connection: Connection;
  readonly #handlers = new EventHandlers(this);
  #origin: string | undefined;
  readonly #strictText: boolean;
  #binaryType: Interface['binaryType'] = 'blob';

  static {
    connection = (socket) => socket.#connection;
  }

  /**
   * Connects.
   *
   * @param url `ws:`, `wss:`, `http:` or `https:`, relative to the page if there is one
   * @param protocols subprotocols, the preferred one first, or {@link WebSocketInit}
   * @throws {DOMException} `SyntaxError` for the URL and for the subprotocols
   * @throws {TypeError} for an option
   */
  constructor(url: string | URL, protocols: string | Iterable<string> | WebSocketInit | undefined = undefined) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'WebSocket': 1 argument required, but only 0 present.");
    }
    super();
    const href = `${url}`;
    const options = convertOptions(protocols);
    const channel = connect(
      { url: href, base: baseUrl(), options },
      {
        open: () => this.#fire(new Event('open')),
        message: (data: string | Uint8Array<ArrayBuffer>) => this.#message(data),
        error: () => this.#fire(new Event('error')),
        trapped: () => {
          this.#attributes = new ClosedAttributes(this.#channel);
        },
        close: (init: CloseEventInit) => {
          if (!(this.#attributes instanceof ClosedAttributes)) this.#attributes = new ClosedAttributes(this.#channel);
          this.#fire(new CloseEvent('close', init));
        },
      },
    );
    this.#attributes = channel;
    this.#channel = channel;
    this.#strictText = options.strictText;
    this.#connection = new Connection(channel);
    channel.begin();
  }

  get url(): string {
    return this.#attributes.url;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#attributes.readyState as 0 | 1 | 2 | 3;
  }

  get bufferedAmount(): number {
    return this.#attributes.bufferedAmount;
  }

  get onopen(): Interface['onopen'] {
    return this.#handlers.get('open') as never;
  }

  set onopen(handler: Interface['onopen']) {
    this.#handlers.set('open', handler);
  }

  get onerror(): Interface['onerror'] {
    return this.#handlers.get('error') as never;
  }

  set onerror(handler: Interface['onerror']) {
    this.#handlers.set('error', handler);
  }

  get onclose(): Interface['onclose'] {
    return this.#handlers.get('close') as never;
  }

  set onclose(handler: Interface['onclose']) {
    this.#handlers.set('close', handler);
  }

  get extensions(): string {
    return this.#attributes.extensions;
  }

  get protocol(): string {
    return this.#attributes.protocol;
  }

  /**
   * Starts the closing handshake, or aborts a connection that isn't open yet.
   *
   * @param code 1000, or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8
   * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
   */
  close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
    const attributes = this.#attributes;
    const number = code === undefined ? undefined : clamp(code);
    const text = reason === undefined ? undefined : `${reason}`;
    if (this.#strictText) {
      checkClose(number, undefined);
      checkPairs('close', text);
    }
    if (attributes instanceof ClosedAttributes) checkClose(number, text);
    else this.#channel.close(number, text);
  }

  get onmessage(): Interface['onmessage'] {
    return this.#handlers.get('message') as never;
  }

  set onmessage(handler: Interface['onmessage']) {
    this.#handlers.set('message', handler);
  }

  /** The type of binary messages: `'blob'` or `'arraybuffer'`. */
  get binaryType(): Interface['binaryType'] {
    return this.#binaryType;
  }

  set binaryType(type: Interface['binaryType']) {
    // The brand check comes before the conversion (Web IDL 3.7.6).
    this.#channel;
    const value = `${type}`;
    if (value === 'blob' || value === 'arraybuffer') this.#binaryType = value;
  }

  /**
   * Sends a message. Bytes are copied now; a Blob is read later.
   *
   * @throws {DOMException} `InvalidStateError` while CONNECTING
   * @throws {TypeError} for a value that is neither data nor convertible to a string
   */
  send(data: string | BufferSource | Blob): void {
    const attributes = this.#attributes;
    if (arguments.length === 0) {
      throw new TypeError("Failed to execute 'send' on 'WebSocket': 1 argument required, but only 0 present.");
    }
    const converted = convertSendData(data);
    if (this.#strictText && attributes.readyState !== CONNECTING) checkPairs('send', converted);
    if (attributes instanceof ClosedAttributes) attributes.bufferedAmount += byteLength(converted);
    else if (typeof converted === 'string') this.#channel.sendText(converted);
    else if (converted instanceof Uint8Array) this.#channel.sendBinary(converted);
    else this.#channel.sendBlob(converted);
  }

  #message(message: string | Uint8Array<ArrayBuffer>): void {
    const data =
      typeof message === 'string' ? message : this.#binaryType === 'blob' ? new Blob([message]) : message.buffer;
    this.#origin ??= new URL(this.url).origin;
    this.#fire(new MessageEvent('message', { __proto__: null, data, origin: this.#origin } as MessageEventInit));
  }

  #fire(event: Event): void {
    try {
      dispatchEvent.call(this, event);
    } catch (error) {
      // Only if `this` isn't an EventTarget (by Reflect.construct): the connection must go on.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

const { dispatchEvent } = EventTarget.prototype;

/** The connection of a WebSocket. */
export function connectionOf(socket: WebSocket): Connection {
  return connection(socket);
}

for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
  Object.defineProperty(WebSocket, name, { value, enumerable: true });
  Object.defineProperty(WebSocket.prototype, name, { value, enumerable: true });
}
for (const name of Object.getOwnPropertyNames(WebSocket.prototype)) {
  if (name !== 'constructor' && !(name in WebSocket)) {
    Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
  }
}
// Bundlers may rename a class that has the name of a global.
Object.defineProperty(WebSocket, 'name', { value: 'WebSocket', configurable: true });
Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });

/** `[Clamp] unsigned short` (Web IDL 3.2.4.9): halves are rounded to the even neighbour, NaN becomes 0. */
function clamp(value: unknown): number {
  // Unary plus, not Number(): a BigInt is a TypeError.
  const number = Math.min(Math.max(+(value as number), 0), 0xffff);
  const floor = Math.floor(number);
  const up = number - floor > 0.5 || (number - floor === 0.5 && floor % 2 === 1);
  return Number.isNaN(number) ? 0 : floor + (up ? 1 : 0);
}

/** The historic interface: "if the data has any unpaired surrogates, throw SYNTAX_ERR". */
function checkPairs(method: string, data: unknown): void {
  if (typeof data === 'string' && !data.isWellFormed()) {
    throw new DOMException(
      `Failed to execute '${method}' on 'WebSocket': The text has a lone surrogate.`,
      'SyntaxError',
    );
  }
}

function byteLength(data: SendData): number {
  if (typeof data === 'string') return utf8Length(data);
  return data instanceof Uint8Array ? data.byteLength : blobSize(data);
}

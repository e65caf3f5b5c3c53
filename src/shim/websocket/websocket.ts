// The class, in the exact shape that Web IDL prescribes (WHATWG WebSockets 3.1).

import { convertOptions, type WebSocketInit } from '../arguments/options.ts';
import { convertSendData } from '../arguments/send-data.ts';
import { connect } from '../channel/connect.ts';
import { CLOSED, CLOSING, CONNECTING, OPEN } from '../channel/ready-state.ts';
import { baseUrl, EventTarget } from '../platform/globals.ts';
import { checkClose } from '../wasm/core.ts';
import { ClosedAttributes } from './closed-attributes.ts';
import { setHandlersOf } from './event-handlers.ts';
import type { WebSocket as Interface } from './interface.ts';
import { Internals, internalsOf, setInternals } from './internals.ts';
import { checkPairs, send } from './send.ts';

/** Listeners have the types of their events, as with the platform's class. */
export interface WebSocket {
  addEventListener: Interface['addEventListener'];
  removeEventListener: Interface['removeEventListener'];
}

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
    const internals = new Internals(options.strictText);
    const channel = connect({ url: href, base: baseUrl(), options }, internals, new.target);
    internals.channel = internals.attributes = channel;
    // The browser's own socket takes the place of this one, if it is an object of this class and dispatches its events itself.
    const socket = (channel.target ?? this) as this;
    setInternals(socket, internals);
    channel.begin();
    // biome-ignore lint/correctness/noConstructorReturn: it is an object of the class that is constructed
    return socket;
  }

  get url(): string {
    return internalsOf(this).attributes.url;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return internalsOf(this).attributes.readyState as 0 | 1 | 2 | 3;
  }

  get bufferedAmount(): number {
    return internalsOf(this).attributes.bufferedAmount;
  }

  get onopen(): Interface['onopen'] {
    return internalsOf(this).handlers.open as never;
  }

  set onopen(handler: Interface['onopen']) {
    internalsOf(this).handlers.set(this, 'open', handler);
  }

  get onerror(): Interface['onerror'] {
    return internalsOf(this).handlers.error as never;
  }

  set onerror(handler: Interface['onerror']) {
    internalsOf(this).handlers.set(this, 'error', handler);
  }

  get onclose(): Interface['onclose'] {
    return internalsOf(this).handlers.close as never;
  }

  set onclose(handler: Interface['onclose']) {
    internalsOf(this).handlers.set(this, 'close', handler);
  }

  get extensions(): string {
    return internalsOf(this).attributes.extensions;
  }

  get protocol(): string {
    return internalsOf(this).attributes.protocol;
  }

  /**
   * Starts the closing handshake, or aborts a connection that isn't open yet.
   *
   * @param code 1000, or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8
   * @throws {DOMException} `InvalidAccessError` for the code, `SyntaxError` for the reason
   */
  close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
    const internals = internalsOf(this);
    const number = code === undefined ? undefined : clamp(code);
    const text = reason === undefined ? undefined : `${reason}`;
    if (internals.strictText) {
      checkClose(number, undefined);
      checkPairs('close', text);
    }
    if (internals.attributes instanceof ClosedAttributes) checkClose(number, text);
    else internals.channel.close(number, text);
  }

  get onmessage(): Interface['onmessage'] {
    return internalsOf(this).handlers.message as never;
  }

  set onmessage(handler: Interface['onmessage']) {
    internalsOf(this).handlers.set(this, 'message', handler);
  }

  /** The type of binary messages: `'blob'` or `'arraybuffer'`. */
  get binaryType(): Interface['binaryType'] {
    return internalsOf(this).binaryType;
  }

  set binaryType(type: Interface['binaryType']) {
    // The brand check comes before the conversion (Web IDL 3.7.6).
    const internals = internalsOf(this);
    const value = `${type}`;
    if (value !== 'blob' && value !== 'arraybuffer') return;
    internals.channel.setBinaryType?.(value);
    internals.binaryType = value;
  }

  /**
   * Sends a message. Bytes are copied now; a Blob is read later.
   *
   * @throws {DOMException} `InvalidStateError` while CONNECTING
   * @throws {TypeError} for a value that is neither data nor convertible to a string
   */
  send(data: string | BufferSource | Blob): void {
    const internals = internalsOf(this);
    if (arguments.length === 0) {
      throw new TypeError("Failed to execute 'send' on 'WebSocket': 1 argument required, but only 0 present.");
    }
    send(internals, convertSendData(data));
  }
}

setHandlersOf((socket) => internalsOf(socket).handlers);

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

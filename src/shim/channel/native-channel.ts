// Messages over the browser's own WebSocket. Its events are tasks already: each is passed on within its own.
import { onAbort } from '../platform/abort-signal.ts';
import { DOMException, queueMicrotask, setTimeout } from '../platform/globals.ts';
import { NativeWebSocket } from '../transports/native.ts';
import { checkClose } from '../wasm/core.ts';
import { type Channel, type ChannelEvents, closeEventInit, stillConnecting } from './channel.ts';
import { CONNECTING, OPEN } from './ready-state.ts';

/** How often `bufferedAmount` is read while a caller waits for it to fall, in milliseconds: no event reports that. */
const POLL_INTERVAL = 4;

export class NativeChannel implements Channel {
  readonly #native: WebSocket;
  readonly url: string;
  readonly failure = undefined;
  readonly tls = undefined;
  #begun = false;

  /**
   * @param url checked, and serialised
   * @throws {DOMException} `NotSupportedError` if the platform has no WebSocket; and those of its constructor
   */
  constructor(url: string, protocols: string[], signal: AbortSignal | undefined, events: ChannelEvents) {
    if (!NativeWebSocket) {
      throw new DOMException("This platform has no WebSocket class for the transport 'native'.", 'NotSupportedError');
    }
    this.url = url;
    const socket = new NativeWebSocket(url, protocols);
    this.#native = socket;
    let forgetSignal = () => {};
    queueMicrotask(() => {
      // Otherwise the caller's stack overflowed in the constructor, and the socket is unreachable.
      if (!this.#begun) discard(socket);
      else forgetSignal = onAbort(signal, () => socket.close());
    });
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      forgetSignal();
      events.open();
    };
    socket.onmessage = ({ data }) => {
      try {
        events.message(typeof data === 'string' ? data : new Uint8Array(data));
      } catch {
        // There is no memory for it.
        socket.close();
      }
    };
    socket.onerror = () => events.error();
    socket.onclose = ({ wasClean, code, reason }) => {
      forgetSignal();
      events.close(closeEventInit(wasClean, code, reason));
    };
  }

  begin(): void {
    this.#begun = true;
  }

  get readyState(): number {
    return this.#native.readyState;
  }

  get bufferedAmount(): number {
    return this.#native.bufferedAmount;
  }

  get extensions(): string {
    return this.#native.extensions;
  }

  get protocol(): string {
    return this.#native.protocol;
  }

  sendText(text: string): void {
    this.#send(text);
  }

  sendBinary(bytes: Uint8Array<ArrayBuffer>): void {
    this.#send(bytes);
  }

  sendBlob(blob: Blob): void {
    this.#send(blob);
  }

  #send(data: string | Uint8Array<ArrayBuffer> | Blob): void {
    if (this.#native.readyState === CONNECTING) throw stillConnecting();
    this.#native.send(data);
  }

  close(code: number | undefined, reason: string | undefined): void {
    checkClose(code, reason);
    // A reason needs a code.
    if (code === undefined && !reason) this.#native.close();
    else this.#native.close(code ?? 1000, reason ?? '');
  }

  ping(): Promise<number> {
    return Promise.reject(notSupported('ping()'));
  }

  trace(): void {
    throw notSupported('trace()');
  }

  hold(): void {}

  release(): void {}

  drained(limit: number): Promise<void> | undefined {
    const isFull = () => this.#native.readyState === OPEN && this.#native.bufferedAmount > limit;
    if (!isFull()) return undefined;
    const poll = async () => {
      while (isFull()) await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    };
    return poll();
  }
}

function discard(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
  socket.close();
}

function notSupported(what: string): DOMException {
  return new DOMException(`${what} isn't supported over 'native'; use a byte-stream transport.`, 'NotSupportedError');
}

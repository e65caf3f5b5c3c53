// Messages over the browser's own WebSocket. Its events are tasks already: each is passed on within its own.
import { onAbort } from '../platform/abort-signal.ts';
import { DOMException, queueMicrotask, setTimeout } from '../platform/globals.ts';
import { NativeWebSocket } from '../transports/native.ts';
import { checkClose } from '../wasm/core.ts';
import { type Channel, type ChannelEvents, closeEvent, lastValues, notSupported } from './channel.ts';

export class NativeChannel implements Channel {
  readonly #native: WebSocket;
  readonly url: string;
  readonly origin: string;
  readonly failure = undefined;
  #begun = false;

  /**
   * @param checked what the core made of the constructor's arguments
   * @throws {DOMException} `NotSupportedError` where the platform has no WebSocket; and what its constructor throws
   */
  constructor(
    checked: { readonly url: string; readonly origin: string },
    protocols: string[],
    signal: AbortSignal | undefined,
    events: ChannelEvents,
  ) {
    if (!NativeWebSocket) {
      throw new DOMException("There is no WebSocket class here for the transport 'native'.", 'NotSupportedError');
    }
    this.url = checked.url;
    this.origin = checked.origin;
    const socket = new NativeWebSocket(this.url, protocols);
    this.#native = socket;
    let forgetSignal = () => {};
    queueMicrotask(() => {
      // The caller's stack overflowed in the constructor: nobody has this socket.
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
      events.close(lastValues(this), closeEvent(wasClean, code, reason));
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
    if (this.#native.readyState === this.#native.CONNECTING) {
      throw new DOMException(
        "Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.",
        'InvalidStateError',
      );
    }
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

  drained(most: number): Promise<void> | undefined {
    const full = () => this.#native.readyState === this.#native.OPEN && this.#native.bufferedAmount > most;
    if (!full()) return undefined;
    // No event tells.
    const look = async () => {
      while (full()) await new Promise((resolve) => setTimeout(resolve, 4));
    };
    return look();
  }
}

function discard(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
  socket.close();
}

// Messages over the browser's own WebSocket. Its events are tasks already: each is passed on within its own.
import { type Channel, type ChannelEvents, endCore, endTrapped, notSupported } from './channel.ts';
import type { Socket } from './core.ts';
import { type Carried, type Instance, survive } from './instance.ts';
import { NativeWebSocket } from './transports/native.ts';

export class NativeChannel implements Channel, Carried {
  readonly #core: Socket;
  readonly #events: ChannelEvents;
  readonly #native: WebSocket;
  readonly #url: string;
  failure: string | undefined;

  /**
   * @throws {DOMException} `NotSupportedError` where the platform has no WebSocket; and what its constructor throws
   */
  constructor(
    instance: Instance,
    core: Socket,
    protocols: string[],
    signal: AbortSignal | undefined,
    events: ChannelEvents,
  ) {
    this.#core = core;
    this.#events = events;
    this.#url = core.url;
    if (!NativeWebSocket) {
      throw new DOMException("There is no WebSocket class here for the transport 'native'.", 'NotSupportedError');
    }
    const socket = new NativeWebSocket(this.#url, protocols);
    this.#native = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => events.open();
    socket.onmessage = ({ data }) => events.message(typeof data === 'string' ? data : new Uint8Array(data));
    socket.onerror = () => events.error();
    socket.onclose = ({ wasClean, code, reason }) => {
      const ended = survive(() => endCore(core));
      if (!ended) return;
      instance.drop(this);
      events.close(ended, { wasClean, code, reason });
    };
    core.useNative(socket);
    instance.carry(this);
    const abort = () => {
      if (socket.readyState === socket.CONNECTING) socket.close();
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  }

  sendText(text: string): void {
    survive(() => this.#core.sendNative(text));
  }

  sendBinary(bytes: Uint8Array): void {
    survive(() => this.#core.sendNative(bytes));
  }

  sendBlob(blob: Blob): void {
    survive(() => this.#core.sendNative(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    survive(() => this.#core.close(code, reason, 0));
  }

  trapped(why: string): void {
    this.failure = why;
    const native = this.#native;
    native.onopen = native.onmessage = native.onerror = native.onclose = null;
    native.close();
    endTrapped(this.#core, this.#url, this.#events);
  }

  ping(): Promise<number> {
    return Promise.reject(notSupported('pings'));
  }

  trace(): void {
    throw notSupported('a trace of frames');
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

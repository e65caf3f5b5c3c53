// Messages over the browser's own WebSocket. Its events are tasks already: each is passed on within its own.
import { type Channel, type ChannelEvents, endCore, notSupported } from './channel.ts';
import type { Socket } from './core.ts';
import { NativeWebSocket } from './transports/native.ts';

export class NativeChannel implements Channel {
  readonly #core: Socket;
  readonly failure = undefined;

  /**
   * @throws {DOMException} `NotSupportedError` where the platform has no WebSocket; and what its constructor throws
   */
  constructor(core: Socket, protocols: string[], signal: AbortSignal | undefined, events: ChannelEvents) {
    this.#core = core;
    if (!NativeWebSocket) {
      throw new DOMException("There is no WebSocket class here for the transport 'native'.", 'NotSupportedError');
    }
    const socket = new NativeWebSocket(core.url, protocols);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => events.open();
    socket.onmessage = ({ data }) => events.message(typeof data === 'string' ? data : new Uint8Array(data));
    socket.onerror = () => events.error();
    socket.onclose = ({ wasClean, code, reason }) => events.close(endCore(core), { wasClean, code, reason });
    core.useNative(socket);
    const abort = () => {
      if (socket.readyState === socket.CONNECTING) socket.close();
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  }

  sendText(text: string): void {
    this.#core.sendNative(text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.#core.sendNative(bytes);
  }

  sendBlob(blob: Blob): void {
    this.#core.sendNative(blob);
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#core.close(code, reason, 0);
  }

  ping(): Promise<number> {
    return Promise.reject(notSupported('pings'));
  }

  trace(): void {
    throw notSupported('a trace of frames');
  }
}

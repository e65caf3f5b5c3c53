// One attempt to connect: waits for earlier ones to the same host, then calls the transport to make a link.
import { AbortController, now } from '../../platform/globals.ts';
import { type GuardedLink, toLink } from '../../transports/guarded-link.ts';
import type { Transport } from '../../transports/types.ts';
import { loadCodec } from '../../wasm/codec.ts';
import type { Instance } from '../../wasm/instance.ts';
import { enterConnectQueue } from './connect-queue.ts';
import type { SocketRef } from './socket-ref.ts';

/** Callbacks of a {@link ConnectionAttempt}. */
export interface AttemptHandler {
  /** The handshake's timeout has started. */
  begun(): void;
  /** The transport has connected. The link must be opened now. */
  linked(link: GuardedLink): void;
  /** The request can be sent: it is known whether there is a codec for permessage-deflate. */
  ready(link: GuardedLink, hasCodec: boolean): void;
  failed(error: unknown): void;
}

export class ConnectionAttempt {
  readonly #ref: SocketRef;
  readonly #instance: Instance;
  readonly #transport: Transport;
  readonly #handler: AttemptHandler;
  readonly #abort = new AbortController();
  #leaveQueue = () => {};

  constructor(ref: SocketRef, instance: Instance, transport: Transport, handler: AttemptHandler) {
    this.#ref = ref;
    this.#instance = instance;
    this.#transport = transport;
    this.#handler = handler;
  }

  /** Starts the attempt, after earlier ones to the same host and port. */
  start(): void {
    const { hostname, port } = this.#ref.socket ?? {};
    this.#leaveQueue = enterConnectQueue(this.#transport, `${hostname}:${port}`, () => void this.#connect());
    // The instance may have stopped within that call, when there was nothing to leave yet.
    if (!this.#ref.socket) this.#leaveQueue();
  }

  /** Makes way for the next attempt to the host: this one succeeded or failed. */
  finish(): void {
    this.#leaveQueue();
  }

  /** Tells the transport that its connection is no longer wanted. */
  abort(): void {
    this.#abort.abort();
  }

  async #connect(): Promise<void> {
    const core = this.#ref.socket;
    // If the instance has stopped, the owner is notified soon, and finishes the attempt.
    if (!core || this.#instance.stopped) return;
    try {
      core.begin(now());
      this.#handler.begun();
      const { hostname = '', port = 0, secure = false, url = '', wantsCodec } = core;
      const hasCodec = wantsCodec === true && loadCodec(this.#instance);
      const link = toLink(await this.#transport({ hostname, port, secure, url, signal: this.#abort.signal }), secure);
      if (!this.#ref.socket) {
        link.destroy();
        return;
      }
      this.#handler.linked(link);
      // A known value isn't awaited, so that the request is sent in this task.
      this.#handler.ready(link, typeof hasCodec === 'boolean' ? hasCodec : await hasCodec);
    } catch (error) {
      this.#handler.failed(error);
    }
  }
}

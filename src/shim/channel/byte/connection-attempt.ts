// One attempt to connect: waits for earlier ones to the same host, then calls the transport to make a link.
import { onAbort } from '../../platform/abort-signal.ts';
import { now } from '../../platform/globals.ts';
import { type GuardedLink, toLink } from '../../transports/guarded-link.ts';
import { type AbortableTarget, makeTarget } from '../../transports/target.ts';
import { loadCodec } from '../../wasm/codec.ts';
import { instanceOf } from '../../wasm/guarded.ts';
import { EVENT } from '../../wasm/status.ts';
import type { ConnectOptions } from '../connect.ts';
import { enterConnectQueue, leaveConnectQueue, type QueuedAttempt } from './connect-queue.ts';
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
  /** The user's signal has aborted. */
  aborted(): void;
}

const NOTHING = (): void => {};

export class ConnectionAttempt implements QueuedAttempt {
  readonly #ref: SocketRef;
  readonly #options: ConnectOptions;
  readonly #handler: AttemptHandler;
  /** Undefined until the transport is called, and once it has connected. */
  #target: AbortableTarget | undefined;
  /** The host and port. Undefined before {@link start}, and after {@link finish}. */
  #host: string | undefined;
  #forgetSignal = NOTHING;

  constructor(ref: SocketRef, options: ConnectOptions, handler: AttemptHandler) {
    this.#ref = ref;
    this.#options = options;
    this.#handler = handler;
  }

  /** Listens to the signal, which may have aborted. */
  listen(): void {
    this.#forgetSignal = onAbort(this.#options.signal, () => this.#handler.aborted());
  }

  /** Starts the attempt, perhaps after earlier ones to the same host and port. */
  start(): void {
    const host = this.#ref.socket?.address ?? '';
    this.#host = host;
    enterConnectQueue(this.#options, host, this);
  }

  /** Makes way for the next attempt to the host: this one succeeded or failed. */
  finish(): void {
    this.#forgetSignal();
    const host = this.#host;
    this.#host = undefined;
    if (host !== undefined) leaveConnectQueue(this.#options, host, this);
  }

  /** Tells the transport that its connection is no longer wanted. */
  abort(): void {
    this.#target?.abort();
  }

  /** Called by the queue. */
  connect(): void {
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const core = this.#ref.socket;
    // If the instance has stopped, the owner is notified soon, and finishes the attempt; so it does if the socket was closed
    // while it waited.
    if (!core || instanceOf(core).stopped || this.#ref.status & EVENT) return;
    try {
      const wantsCodec = core.begin(now());
      this.#handler.begun();
      const { address = '', url = '' } = core;
      const colon = address.lastIndexOf(':');
      const [hostname, port] = [address.slice(0, colon), +address.slice(colon + 1)];
      const secure = url.startsWith('wss:');
      const hasCodec = wantsCodec === true && loadCodec(instanceOf(core));
      const { targetAddressSpace, transport } = this.#options;
      this.#target = makeTarget({ hostname, port, secure, url, targetAddressSpace });
      const link = toLink(await transport(this.#target.target), secure);
      this.#target = undefined;
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

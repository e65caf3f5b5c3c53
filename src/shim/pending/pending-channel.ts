// A socket that was made before the core was loaded: it waits, and from then on passes everything on.

import { utf8Length } from '../channel/byte/message-parts.ts';
import { type Channel, type ChannelEvents, closeEvent, lastValues } from '../channel/channel.ts';
import { type Arguments, checkNative, connect } from '../channel/connect.ts';
import { Failure, failureOf, logFailure } from '../failure.ts';
import { onAbort } from '../platform/abort-signal.ts';
import { queueTask } from '../platform/event-loop.ts';
import { DOMException } from '../platform/globals.ts';
import type { FrameListener } from '../websocket/connection.ts';
import { blobSize } from '../websocket/send-data.ts';
import { checkClose, checkHeader, checkProtocols, checkUrl } from './checks.ts';
import { EarlyOptions } from './pending-options.ts';

const CONNECTING = 0;
const CLOSING = 2;
const CLOSED = 3;

export class EarlySocket implements Channel {
  readonly #args: Arguments;
  readonly #events: ChannelEvents;
  readonly #href: string;
  readonly origin: string;
  /** Undefined until the core is loaded. */
  #channel: Channel | undefined;
  #begun = false;
  #state: typeof CONNECTING | typeof CLOSING | typeof CLOSED = CONNECTING;
  #counted = 0;
  #failure: Failure | undefined;
  #held = false;
  #trace: [FrameListener | null, number] | undefined;
  #forgetSignal = () => {};

  constructor(args: Arguments, events: ChannelEvents) {
    const { url, base, options } = args;
    const { href, origin } = checkUrl(url, base);
    checkProtocols(options.protocols);
    if (options.core instanceof EarlyOptions) for (const [name] of options.core.headers) checkHeader(name);
    checkNative(options);
    // The base as it is now.
    this.#args = { ...args, url: href, base: undefined };
    this.#events = events;
    this.#href = href;
    this.origin = origin;
    this.#forgetSignal = onAbort(options.signal, () => this.#abort());
  }

  begin(): void {
    this.#begun = true;
  }

  /** Connects: the core is loaded. */
  connect(): void {
    this.#forgetSignal();
    if (this.#state !== CONNECTING || !this.#begun) return;
    const { options } = this.#args;
    try {
      const core = options.core instanceof EarlyOptions ? options.core.toCore() : options.core;
      this.#channel = connect({ ...this.#args, options: { ...options, core } }, this.#events);
      this.#channel.begin();
      if (this.#trace) this.trace(...this.#trace);
      if (this.#held) this.hold();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Fails: the core can't be loaded, or nothing can be connected with it. */
  fail(error: unknown): void {
    this.#forgetSignal();
    if (this.#state !== CONNECTING || this.#channel) return;
    this.#fail(failureOf(error, 'wasm-load-failed'));
  }

  get url(): string {
    return this.#channel?.url ?? this.#href;
  }

  get readyState(): number {
    return this.#channel?.readyState ?? this.#state;
  }

  get bufferedAmount(): number {
    return this.#channel?.bufferedAmount ?? this.#counted;
  }

  get extensions(): string {
    return this.#channel?.extensions ?? '';
  }

  get protocol(): string {
    return this.#channel?.protocol ?? '';
  }

  get failure(): Channel['failure'] {
    return this.#channel ? this.#channel.failure : this.#failure;
  }

  sendText(text: string): void {
    if (this.#channel) this.#channel.sendText(text);
    else this.#count(utf8Length(text));
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.#channel) this.#channel.sendBinary(bytes);
    else this.#count(bytes.length);
  }

  sendBlob(blob: Blob): void {
    if (this.#channel) this.#channel.sendBlob(blob);
    else this.#count(blobSize(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    if (this.#channel) {
      this.#channel.close(code, reason);
      return;
    }
    checkClose(code, reason);
    this.#abort();
  }

  ping(payload: Uint8Array | undefined): Promise<number> {
    if (this.#channel) return this.#channel.ping(payload);
    return Promise.reject(new DOMException('The connection is not open.', 'InvalidStateError'));
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    if (this.#channel) this.#channel.trace(listener, previewBytes);
    else this.#trace = [listener, previewBytes];
  }

  hold(): void {
    this.#held = true;
    this.#channel?.hold();
  }

  release(): void {
    this.#held = false;
    this.#channel?.release();
  }

  drained(most: number): Promise<void> | undefined {
    return this.#channel?.drained(most);
  }

  #count(bytes: number): void {
    if (this.#state === CONNECTING) {
      throw new DOMException(
        "Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.",
        'InvalidStateError',
      );
    }
    this.#counted += bytes;
  }

  #abort(): void {
    if (this.#state !== CONNECTING || this.#channel) return;
    // The core's own words.
    this.#fail(new Failure('aborted', 'the connection was closed before it was established'));
  }

  #fail(failure: Failure): void {
    queueTask(() => {
      if (!this.#begun) return undefined;
      this.#forgetSignal();
      this.#state = CLOSED;
      this.#failure = failure;
      logFailure(this.#href, failure);
      this.#events.error();
      return () => this.#events.close(lastValues(this), closeEvent(false, 1006, ''));
    });
    this.#state = CLOSING;
  }
}

// A socket that was made before the core was there: it waits, and from then on passes everything on.
import type { Channel, ChannelEvents } from '../channel.ts';
import { type Arguments, type Connecting, checkNative, connect, type Live } from '../connecting.ts';
import type { FrameListener } from '../connection.ts';
import { blobSize } from '../data.ts';
import { utf8Length } from '../sources.ts';
import { queueTask } from '../tasks.ts';
import { EarlyOptions } from './options.ts';
import { checkClose, checkHeader, checkProtocols, checkUrl } from './rules.ts';

const CONNECTING = 0;
const CLOSING = 2;
const CLOSED = 3;

/** The core's own words. */
const ABORTED = 'the connection was closed before it was established';

/** Both halves of the socket in one. */
export class EarlySocket implements Live, Channel {
  readonly #args: Arguments;
  readonly #events: ChannelEvents;
  readonly #href: string;
  readonly origin: string;
  #connecting: Connecting | undefined;
  #state: typeof CONNECTING | typeof CLOSING | typeof CLOSED = CONNECTING;
  #counted = 0;
  #failure: string | undefined;
  #held = false;
  #trace: [FrameListener | null, number] | undefined;

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
    const { signal } = options;
    if (signal?.aborted) this.fail(ABORTED);
    signal?.addEventListener('abort', () => this.fail(ABORTED), { once: true });
  }

  /** The core is there. */
  connect(): void {
    if (this.#state !== CONNECTING) return;
    const { options } = this.#args;
    try {
      const core = options.core instanceof EarlyOptions ? options.core.toCore() : options.core;
      this.#connecting = connect({ ...this.#args, options: { ...options, core } }, this.#events);
      if (this.#trace) this.trace(...this.#trace);
      if (this.#held) this.hold();
    } catch (error) {
      this.fail(error);
    }
  }

  /** The core will not come, or nothing can be connected with it. */
  fail(error: unknown): void {
    if (this.#state !== CONNECTING || this.#connecting) return;
    this.#fail((error instanceof Error && error.message) || `${error}`);
  }

  get url(): string {
    return this.#connecting?.core.url ?? this.#href;
  }

  get readyState(): number {
    return this.#connecting?.core.readyState ?? this.#state;
  }

  get bufferedAmount(): number {
    return this.#connecting?.core.bufferedAmount ?? this.#counted;
  }

  get extensions(): string {
    return this.#connecting?.core.extensions ?? '';
  }

  get protocol(): string {
    return this.#connecting?.core.protocol ?? '';
  }

  get failure(): string | undefined {
    return this.#connecting ? this.#connecting.channel.failure : this.#failure;
  }

  sendText(text: string): void {
    if (this.#connecting) this.#connecting.channel.sendText(text);
    else this.#count(utf8Length(text));
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.#connecting) this.#connecting.channel.sendBinary(bytes);
    else this.#count(bytes.length);
  }

  sendBlob(blob: Blob): void {
    if (this.#connecting) this.#connecting.channel.sendBlob(blob);
    else this.#count(blobSize(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    if (this.#connecting) {
      this.#connecting.channel.close(code, reason);
      return;
    }
    checkClose(code, reason);
    if (this.#state !== CONNECTING) return;
    this.#fail(ABORTED);
  }

  ping(payload: Uint8Array | undefined): Promise<number> {
    if (this.#connecting) return this.#connecting.channel.ping(payload);
    return Promise.reject(new DOMException('The connection is not open.', 'InvalidStateError'));
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    if (this.#connecting) this.#connecting.channel.trace(listener, previewBytes);
    else this.#trace = [listener, previewBytes];
  }

  hold(): void {
    this.#held = true;
    this.#connecting?.channel.hold();
  }

  release(): void {
    this.#held = false;
    this.#connecting?.channel.release();
  }

  drained(most: number): Promise<void> | undefined {
    return this.#connecting?.channel.drained(most);
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

  #fail(why: string): void {
    this.#state = CLOSING;
    queueTask(() => {
      this.#state = CLOSED;
      this.#failure = why;
      if (globalThis.location) console.error(`WebSocket connection to '${this.#href}' failed: ${why}`);
      this.#events.error();
      return () => {
        const { url, protocol, extensions, bufferedAmount } = this;
        this.#events.close({ url, protocol, extensions, bufferedAmount }, { wasClean: false, code: 1006, reason: '' });
      };
    });
  }
}

// A link over the engine's own WebSocketStream: while it isn't read, the relay and the server behind it are held back.

import { bytesOf } from '../../platform/binary.ts';
import { countStep, queueTurn } from '../../platform/event-loop.ts';
import { BuiltInLink } from '../built-in-link.ts';
import { aborted, tooMuchUnread } from '../link-failures.ts';
import type { Link, LinkSink } from '../types.ts';
import { type CarrierRequest, messagesOf } from './carrier.ts';
import { ABNORMAL, closeFailure, notBytes, unreachable } from './failures.ts';

/** How a connection closed. */
interface CloseInfo {
  readonly closeCode?: number | null;
  readonly reason?: string;
}

/** The interface, as Chromium has it (WHATWG WebSockets, the branch "add-websocketstream"). */
interface NativeStream {
  readonly opened: Promise<{
    readable: ReadableStream<ArrayBuffer | Uint8Array | string>;
    writable: WritableStream<Uint8Array | string>;
  }>;
  readonly closed: Promise<CloseInfo>;
  close(): void;
}

type NativeStreamClass = new (url: string, options: { protocols?: string[]; signal: AbortSignal }) => NativeStream;

/** The engine's class, as it is before a script replaces it. Not one that a polyfill defined, which this may carry. */
export const NativeWebSocketStream: NativeStreamClass | undefined = nativeClass();

function nativeClass(): NativeStreamClass | undefined {
  const { WebSocketStream } = globalThis as { WebSocketStream?: NativeStreamClass };
  if (typeof WebSocketStream !== 'function') return undefined;
  return /\{\s+\[native code\]\s+\}$/.test(Function.prototype.toString.call(WebSocketStream))
    ? WebSocketStream
    : undefined;
}

/** Connects by the engine's class. */
export async function connectByStream(Class: NativeStreamClass, request: CarrierRequest): Promise<Link> {
  const { url, relay, protocols, signal } = request;
  if (signal.aborted) throw aborted();
  try {
    const stream = new Class(url, { ...(protocols.length > 0 && { protocols: [...protocols] }), signal });
    stream.closed.catch(() => {});
    const { readable, writable } = await stream.opened;
    return new WebSocketStreamLink(relay, stream, readable.getReader(), writable.getWriter());
  } catch (error) {
    throw signal.aborted ? aborted() : unreachable(relay, "can't be reached", error);
  }
}

class WebSocketStreamLink extends BuiltInLink {
  override readonly ownTasks = false;
  readonly #relay: string;
  readonly #stream: NativeStream;
  readonly #reader: ReadableStreamDefaultReader<ArrayBuffer | Uint8Array | string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array | string>;
  /** Whether this side closes it: then it ends however it ends. */
  #ending = false;
  #reading = false;
  /** Set while reading waits for {@link resume}. */
  #resume: (() => void) | undefined;

  constructor(
    relay: string,
    stream: NativeStream,
    reader: ReadableStreamDefaultReader<ArrayBuffer | Uint8Array | string>,
    writer: WritableStreamDefaultWriter<Uint8Array | string>,
  ) {
    super();
    this.#relay = relay;
    this.#stream = stream;
    this.#reader = reader;
    this.#writer = writer;
    writer.closed.catch(() => {});
  }

  override open(sink: LinkSink): void {
    super.open(sink);
    void this.#read();
  }

  /** Reads to the end, also when nothing is wanted any more: otherwise the relay's Close frame would never be reached. */
  async #read(): Promise<void> {
    this.#reading = true;
    let info: CloseInfo = {};
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        if (!this.received) this.#receive(value);
        if (this.paused) await this.#untilResumed();
        // A relay may always have the next chunk at once.
        if (countStep()) await new Promise<void>(queueTurn);
      }
      info = await this.#stream.closed;
    } catch (error) {
      info = error as CloseInfo;
    }
    const failure = closeFailure(this.#relay, info?.closeCode ?? ABNORMAL, info?.reason ?? '');
    this.receivedAll(failure && !this.#ending ? { error: failure } : undefined);
  }

  #receive(data: ArrayBuffer | Uint8Array | string): void {
    const bytes = typeof data === 'string' ? undefined : bytesOf(data);
    if (bytes) {
      if (!this.deliver(bytes)) this.#overflow();
      return;
    }
    this.receivedAll({ error: notBytes(this.#relay, 'sent text') });
    this.#close();
  }

  /** Fails although the link is paused: the relay sent a message that is too long to be kept. */
  #overflow(): void {
    const error = tooMuchUnread();
    const sink = this.removeSink();
    this.receivedAll({ error });
    this.destroy();
    sink?.fail(error);
  }

  #untilResumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  override resume(): void {
    super.resume();
    if (this.paused) return;
    this.#resume?.();
    this.#resume = undefined;
  }

  write(chunk: Uint8Array, flushed: () => void): void {
    let written: Promise<void> = Promise.resolve();
    for (const message of messagesOf(chunk)) {
      written = this.#writer.write(message);
      written.catch(() => {});
    }
    // It rejects if the connection is closed, which reading reports.
    written.then(flushed, () => {});
  }

  /** A WebSocket ends both directions. Its Close frame follows what was written. */
  end(): void {
    this.#ending = true;
    this.#writer.close().catch(() => {});
  }

  destroy(): void {
    this.#ending = true;
    this.removeSink();
    this.#close();
    this.#writer.abort().catch(() => {});
    this.resume();
    if (!this.#reading) void this.#read();
  }

  #close(): void {
    try {
      this.#stream.close();
    } catch {
      // There is no other way to close it.
    }
  }
}

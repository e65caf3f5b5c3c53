// A user's `{ readable, writable }` as a link.

import { mustYield, queueTurn } from '../platform/event-loop.ts';
import { now } from '../platform/globals.ts';
import type { ByteStream, Link, LinkSink } from './types.ts';

/** How long what is still read may delay the failure of the writing side, in milliseconds. */
const MAX_LATE = 1_000;

export class StreamLink implements Link {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #sink: LinkSink | undefined;
  /** How many were read. */
  #chunks = 0;
  #resume: (() => void) | undefined;
  #resumed: Promise<void> | undefined;

  /** @throws {TypeError} what isn't a byte stream, or is in use already; by then nothing of it is locked */
  constructor(stream: ByteStream) {
    const { readable, writable } = Object(stream) as Partial<ByteStream>;
    if (typeof readable?.getReader !== 'function' || typeof writable?.getWriter !== 'function') {
      throw new TypeError('The transport returned neither { readable, writable } nor a link.');
    }
    if (readable.locked || writable.locked) {
      if (!readable.locked) readable.cancel().catch(() => {});
      if (!writable.locked) writable.abort().catch(() => {});
      const which = readable.locked ? (writable.locked ? 'readable and writable' : 'readable') : 'writable';
      throw new TypeError(`The transport's ${which} stream is locked.`);
    }
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#writer.closed.catch((error) => this.#failLate(error));
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.#read().catch((error) => this.#over()?.fail(error));
  }

  async #read(): Promise<void> {
    for (;;) {
      await this.#resumed;
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#chunks += 1;
      this.#sink?.data(value);
      // A stream in memory may have its next chunk at once, for ever.
      if (mustYield()) await new Promise<void>(queueTurn);
    }
    this.#over()?.end();
  }

  write(chunk: Uint8Array, left: () => void): void {
    this.#writer.write(chunk).then(left, (error) => this.#failLate(error));
  }

  /**
   * Fails once what the server sent before the writing side broke is read: its last messages are good. A server that goes
   * on sending doesn't prolong that for ever.
   */
  async #failLate(error: unknown): Promise<void> {
    const last = now() + MAX_LATE;
    let before: number;
    do {
      before = this.#chunks;
      await this.#resumed;
      await new Promise<void>(queueTurn);
    } while (this.#chunks !== before && now() < last);
    this.#over()?.fail(error);
  }

  pause(): void {
    this.#resumed ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume?.();
    this.#resumed = undefined;
  }

  end(): void {
    this.#writer.close().catch(() => {});
  }

  destroy(): void {
    this.#over();
    this.resume();
    this.#reader.cancel().catch(() => {});
    this.#writer.abort().catch(() => {});
  }

  /** The sink, for its last word. */
  #over(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}

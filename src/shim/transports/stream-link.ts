// A user's `{ readable, writable }` as a link.

import { countStep, queueTurn } from '../platform/event-loop.ts';
import { now } from '../platform/globals.ts';
import type { ByteStream, Link, LinkSink } from './types.ts';

/** How long reading may delay the report that the writing side failed, in milliseconds. */
const MAX_DELAY = 1_000;

export class StreamLink implements Link {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #sink: LinkSink | undefined;
  /** The number of chunks read. */
  #chunks = 0;
  #resume: (() => void) | undefined;
  #resumed: Promise<void> | undefined;

  /** @throws {TypeError} for a value that isn't a byte stream, or is already in use; then this has locked neither half */
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
    this.#writer.closed.catch((error) => this.#failAfterReading(error));
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.#read().catch((error) => this.#removeSink()?.fail(error));
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      // Also a chunk that was asked for before the pause.
      while (this.#resumed) await this.#resumed;
      if (done) break;
      this.#chunks += 1;
      this.#sink?.data(value);
      // A stream in memory may always have its next chunk at once.
      if (countStep()) await new Promise<void>(queueTurn);
    }
    this.#removeSink()?.end();
  }

  write(chunk: Uint8Array, flushed: () => void): void {
    this.#writer.write(chunk).then(flushed, (error) => this.#failAfterReading(error));
  }

  /**
   * Fails once the bytes are read that the server sent before the writing side broke: its last messages are valid. The
   * delay is bounded, however much the server sends.
   */
  async #failAfterReading(error: unknown): Promise<void> {
    const latest = now() + MAX_DELAY;
    let before: number;
    do {
      before = this.#chunks;
      await this.#resumed;
      await new Promise<void>(queueTurn);
    } while (this.#chunks !== before && now() < latest);
    this.#removeSink()?.fail(error);
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

  /** @returns a promise that resolves when the writing side has ended, also if it broke */
  end(): void | Promise<void> {
    return this.#writer.close().catch(() => {});
  }

  destroy(): void {
    this.#removeSink();
    this.resume();
    this.#reader.cancel().catch(() => {});
    this.#writer.abort().catch(() => {});
  }

  /** Removes the sink, and returns it for its last call. */
  #removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}

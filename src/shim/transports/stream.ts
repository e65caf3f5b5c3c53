// A user's `{ readable, writable }` as a link.
import { queueTurn } from '../tasks.ts';
import type { ByteStream, Link, LinkSink } from './types.ts';

/** Makes a link of what a transport returned, if it isn't one already. */
export function toLink(carried: ByteStream | Link): Link {
  if (typeof (carried as Link)?.open === 'function') return carried as Link;
  const { readable, writable } = Object(carried) as Partial<ByteStream>;
  if (typeof readable?.getReader !== 'function' || typeof writable?.getWriter !== 'function') {
    throw new TypeError('The transport gave neither { readable, writable } nor a link.');
  }
  return new StreamLink(readable, writable);
}

class StreamLink implements Link {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #sink: LinkSink | undefined;
  /** How many were read. */
  #chunks = 0;
  #resume: (() => void) | undefined;
  #resumed: Promise<void> | undefined;

  constructor(readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>) {
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
      this.#sink?.data(toBytes(value));
    }
    this.#over()?.end();
  }

  write(chunk: Uint8Array, left: () => void): void {
    this.#writer.write(chunk).then(left, (error) => this.#failLate(error));
  }

  /** Fails once what the server sent before the writing side broke is read: its last messages are good. */
  async #failLate(error: unknown): Promise<void> {
    let before: number;
    do {
      before = this.#chunks;
      await this.#resumed;
      await new Promise<void>(queueTurn);
    } while (this.#chunks !== before);
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

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(`The transport delivered ${typeof chunk} where bytes were due.`);
}

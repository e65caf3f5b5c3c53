// The link over a TCPSocket's streams.
import { queueTurn } from '../../platform/event-loop.ts';
import { setTimeout } from '../../platform/globals.ts';
import { StreamLink } from '../stream-link.ts';
import type { LinkSink } from '../types.ts';

/** See {@link DirectLink}: a length in bytes, and a time in milliseconds. */
const ALIGNMENT = 1024;
const EMPTYING = 5;

/** About how many bytes are written together: `flushed` is called for them together, too. */
const MAX_WRITE = 256 * 1024;

/** What waits to be written. */
interface Waiting {
  readonly chunk: Uint8Array;
  readonly flushed: () => void;
}

/**
 * Ends both directions when this side ends: the end of `writable` alone isn't sent to the server.
 *
 * Chromium (156) drops a chunk, and resolves its write, if its pipe to the network is exactly full when the write begins. The
 * pipe has 64 KiB, so this happens after writes of such a length. So what waits is written together, never as a multiple of
 * 1,024 bytes, and after the byte that is left over, the pipe gets the time to be emptied.
 */
export class DirectLink extends StreamLink {
  #sink: LinkSink | undefined;
  #waiting: Waiting[] = [];
  #isWriting = false;
  #whenWritten: () => void = () => {};

  override open(sink: LinkSink): void {
    this.#sink = sink;
    super.open({
      data: (chunk) => this.#sink?.data(chunk),
      end: () => this.#removeSink()?.end(),
      fail: (error) => this.#removeSink()?.fail(error),
    });
  }

  override write(chunk: Uint8Array, flushed: () => void): void {
    this.#waiting.push({ chunk, flushed });
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    if (this.#isWriting) return;
    if (this.#waiting.length === 0) {
      this.#whenWritten();
      return;
    }
    this.#isWriting = true;
    const taken = this.#take();
    let flushed = taken.map((waiting) => waiting.flushed);
    let bytes = joined(taken);
    if (bytes.length > 0 && bytes.length % ALIGNMENT === 0) {
      const all = flushed;
      this.#waiting.unshift({ chunk: bytes.subarray(-1), flushed: () => callAll(all) });
      bytes = bytes.subarray(0, -1);
      flushed = [];
    }
    const done = () => {
      this.#isWriting = false;
      callAll(flushed);
      this.#writeWaiting();
    };
    super.write(bytes, () => (bytes.length === 1 ? setTimeout(done, EMPTYING) : queueTurn(done)));
  }

  /** Takes what is written together: whole chunks, of {@link MAX_WRITE} bytes or the one more that exceeds it. */
  #take(): Waiting[] {
    let length = 0;
    let count = 0;
    for (const { chunk } of this.#waiting) {
      if (length >= MAX_WRITE) break;
      length += chunk.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  override async end(): Promise<void> {
    if (this.#isWriting) {
      await new Promise<void>((resolve) => {
        this.#whenWritten = resolve;
      });
    }
    await super.end();
    const sink = this.#removeSink();
    super.destroy();
    sink?.end();
  }

  override destroy(): void {
    this.#removeSink();
    this.#waiting = [];
    super.destroy();
  }

  /** Removes the sink, and returns it for its last call. */
  #removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}

function callAll(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) callback();
}

function joined(waiting: readonly Waiting[]): Uint8Array {
  const [first] = waiting;
  if (first && waiting.length === 1) return first.chunk;
  const bytes = new Uint8Array(waiting.reduce((sum, { chunk }) => sum + chunk.length, 0));
  let at = 0;
  for (const { chunk } of waiting) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

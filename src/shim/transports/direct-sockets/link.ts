// The link over a TCPSocket's streams.
import { queueTurn } from '../../platform/event-loop.ts';
import { setTimeout } from '../../platform/globals.ts';
import { StreamLink } from '../stream-link.ts';
import type { LinkSink } from '../types.ts';

/** See {@link DirectLink}: in bytes, and in milliseconds. */
const UNIT = 1024;
const EMPTYING = 5;

/** About how many bytes are written together: `flushed` is called for them together, too. */
const MAX_WRITE = 1024 * 1024;

/** What waits to be written. */
interface Waiting {
  readonly chunk: Uint8Array;
  readonly flushed: () => void;
}

/**
 * Ends both directions when this side ends: the end of `writable` alone isn't sent to the server.
 *
 * Chromium (156) drops a chunk, and resolves its write, if its pipe to the network is exactly full when the write begins. The
 * pipe has 64 KiB and is mostly emptied at once, so this happens where the last writes together fill it. So there are few
 * writes, what waits is written together, and the length of each is one more than a multiple of 1,024 bytes: no sum of them
 * is a multiple. What is left over waits for the next write; if nothing follows, the pipe gets a time to be emptied after it.
 */
export class DirectLink extends StreamLink {
  #sink: LinkSink | undefined;
  #waiting: Waiting[] = [];
  #isWriting = false;
  /** Whether the first of what waits is left over from a write. */
  #hasRest = false;
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
    const isRest = this.#hasRest && taken.length === 1;
    let flushed = taken.map((waiting) => waiting.flushed);
    let bytes = joined(taken);
    const rest = bytes.length > UNIT ? (bytes.length - 1) % UNIT : 0;
    this.#hasRest = rest > 0;
    if (rest > 0) {
      const all = flushed;
      this.#waiting.unshift({ chunk: bytes.subarray(-rest), flushed: () => callAll(all) });
      bytes = bytes.subarray(0, -rest);
      flushed = [];
    }
    const done = () => {
      this.#isWriting = false;
      callAll(flushed);
      this.#writeWaiting();
    };
    super.write(bytes, () => (isRest ? setTimeout(done, EMPTYING) : queueTurn(done)));
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

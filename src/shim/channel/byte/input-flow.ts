// From the link to the core: passes on received bytes, and pauses the link while the core doesn't want more.
import { queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import { FULL, LAST, PARTIAL_WANTED, RANGE, RANGES, rangeStart, SKIPPABLE } from '../../wasm/status.ts';
import type { EventDispatcher } from './event-dispatcher.ts';
import type { SocketRef } from './socket-ref.ts';

/** How many bytes the core copies at a time, whatever a link delivers at once: status.rs relies on that. */
const MAX_CHUNK = 8 * 1024 * 1024;

/** Of a chunk that is shorter nothing is skipped. */
const MIN_SKIP = 1024;

/** The size of the memory for the next bytes that a link is given at least, and at most. */
const MIN_PLACE = 64 * 1024;
const MAX_PLACE = 256 * 1024;

/** Of a larger chunk nothing is skipped but all: what follows a message in it might exceed the room that the message leaves. */
const MAX_SPLIT = 128 * 1024;

/** The upper byte of the shortest length, in 16 bits, of payload in front of which a header is received by itself. */
const MIN_LONG = 0x20;

/** How many bytes a link may deliver at once when it is resumed, before it must return to the event loop. */
const MAX_RESUMED = 1024 * 1024;

export class InputFlow {
  readonly #ref: SocketRef;
  readonly #dispatcher: EventDispatcher;
  /** The link to pause and resume. */
  link: Link | undefined;
  /** Whether {@link Link.resume} is being called: its synchronous deliveries aren't in tasks of their own. */
  #resuming = false;
  /** The bytes that were delivered in that call. */
  #resumed = 0;

  constructor(ref: SocketRef, dispatcher: EventDispatcher) {
    this.#ref = ref;
    this.#dispatcher = dispatcher;
  }

  /** Whether a delivery of the link is now in a task of its own. */
  get inOwnTask(): boolean {
    return this.link?.ownTasks === true && !this.#resuming;
  }

  /**
   * Passes a chunk to the core, but for payload that it need not see: that isn't copied into its memory.
   *
   * @param isBorrowed whether the chunk's memory will be overwritten after {@link ReceivedMessages.keep}
   */
  receive(chunk: Uint8Array, isBorrowed: boolean): void {
    const { length } = chunk;
    if (this.#resuming) this.#resumed += length;
    let isSplit = length <= MAX_SPLIT;
    for (let at = 0; at < length; ) {
      const left = length - at;
      const skippable = length < MIN_SKIP ? 0 : Math.min(this.#skippable, left);
      if (skippable === left || (isSplit && skippable > 0)) {
        this.#skip(chunk, at, at + skippable, isBorrowed);
        at += skippable;
        continue;
      }
      const size = Math.min((isSplit && longHeader(chunk, at)) || MAX_CHUNK, left);
      this.#receive(size === length ? chunk : chunk.subarray(at, at + size), isBorrowed);
      // Whatever the bytes are, few pieces are made of them that are received.
      isSplit &&= (this.#ref.status & SKIPPABLE) !== 0;
      at += size;
    }
  }

  /** How many of the next bytes the core need not see. */
  get #skippable(): number {
    return this.#ref.status & SKIPPABLE ? (this.#ref.socket?.skippable ?? 0) : 0;
  }

  /** Passes on bytes of a chunk that are payload of one frame, which the core need not see. */
  #skip(chunk: Uint8Array, start: number, end: number, isBorrowed: boolean): void {
    const core = this.#ref.socket;
    const status = core?.skip(end - start, now(), this.#dispatcher.taken);
    if (core === undefined || status === undefined) return;
    this.#dispatcher.taken = 0;
    this.#ref.update(status);
    const missing = status & LAST ? 0 : (core.missing ?? 0);
    this.#dispatcher.messages.add(chunk, start, end, status & LAST, missing, isBorrowed);
  }

  /** The place of the bytes that follow, if they are payload that the core need not see, and many. */
  place(): Uint8Array | undefined {
    const skippable = this.#skippable;
    if (skippable < MIN_PLACE) return undefined;
    const place = this.#dispatcher.messages.place(Math.min(skippable, MAX_PLACE));
    return place && place.length >= MIN_PLACE ? place : undefined;
  }

  #receive(chunk: Uint8Array, isBorrowed: boolean): void {
    const core = this.#ref.socket;
    const status = core?.receive(chunk, now(), this.#dispatcher.taken);
    if (core === undefined || status === undefined) return;
    this.#dispatcher.taken = 0;
    this.#ref.update(status);
    const { messages } = this.#dispatcher;
    if (status & RANGE) {
      const missing = status & LAST ? 0 : (core.missing ?? 0);
      messages.add(chunk, rangeStart(status), chunk.length, status, missing, isBorrowed);
    } else if (status & RANGES) {
      messages.addRanges(chunk, core.ranges() ?? new Uint32Array(), core.missing ?? 0, isBorrowed);
    }
    if (status & PARTIAL_WANTED) this.#ref.update(core.givePartial(messages.takePartial()));
  }

  /** Pauses the link if the core wants no more input, or the link delivers too much in one task. */
  pauseIfFull(): void {
    // The messages that filled the core may have been dispatched meanwhile.
    if (this.#ref.status & FULL) this.#dispatcher.report();
    if (this.#ref.paused || (!(this.#ref.status & FULL) && this.#resumed <= MAX_RESUMED)) return;
    this.#ref.paused = true;
    this.link?.pause();
  }

  /** Resumes a paused link once no event waits. If it delivers too much at once, it continues in a later turn. */
  resumeIfIdle(): void {
    if (!this.#ref.paused || this.#dispatcher.pending) return;
    this.#dispatcher.report();
    this.resume();
  }

  /** Resumes a paused link. */
  resume(): void {
    if (!this.#ref.paused) return;
    this.#ref.paused = false;
    this.#resuming = true;
    this.link?.resume();
    this.#resuming = false;
    this.#resumed = 0;
    if (this.#ref.paused) queueTurn(() => this.resumeIfIdle());
  }
}

/**
 * How many bytes the header has, if it seems that at that place there is one of a long payload that isn't a text's; otherwise
 * 0. Whether there is, only the core knows, which may receive bytes in any pieces.
 */
function longHeader(chunk: Uint8Array, at: number): number {
  const short = chunk[at + 1] as number;
  // FIN or not, and the opcode 0 or 2 (RFC 6455 5.2).
  if (((chunk[at] as number) & 0x7d) !== 0 || short < 126) return 0;
  if (short === 127) return 10;
  return short === 126 && (chunk[at + 2] as number) >= MIN_LONG ? 4 : 0;
}

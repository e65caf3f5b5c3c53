// From the link to the core: passes on received bytes, and pauses the link while the core doesn't want more.
import { queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import { FULL, LAST, PARTIAL_WANTED, RANGE, RANGES, rangeStart, SKIPPABLE } from '../../wasm/status.ts';
import type { EventDispatcher } from './event-dispatcher.ts';
import type { SocketRef } from './socket-ref.ts';

/** How many bytes the core copies at a time, whatever a link delivers at once: status.rs relies on that. */
const MAX_CHUNK = 8 * 1024 * 1024;

/** Payload that is shorter is not skipped: it is received with what follows. */
const MIN_SKIP = 1024;

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
   * Passes a chunk to the core.
   *
   * @param isBorrowed whether the chunk's memory will be overwritten after {@link ReceivedMessages.keep}
   */
  receive(chunk: Uint8Array, isBorrowed: boolean): void {
    if (this.#resuming) this.#resumed += chunk.length;
    if (this.#skip(chunk, isBorrowed)) return;
    for (let at = 0; at < chunk.length; at += MAX_CHUNK) {
      this.#receive(chunk.length <= MAX_CHUNK ? chunk : chunk.subarray(at, at + MAX_CHUNK), isBorrowed);
    }
  }

  /**
   * Passes on a chunk that is all payload, which the core need not see. (One that is so in part is received: its rest would
   * exceed the room that a large message leaves.) Returns whether it was.
   */
  #skip(chunk: Uint8Array, isBorrowed: boolean): boolean {
    const core = this.#ref.socket;
    const { length } = chunk;
    if (!core || !(this.#ref.status & SKIPPABLE) || length < MIN_SKIP || (core.skippable ?? 0) < length) return false;
    const status = core.skip(length, now(), this.#dispatcher.taken);
    if (status === undefined) return true;
    this.#dispatcher.taken = 0;
    this.#ref.update(status);
    this.#dispatcher.messages.add(chunk, 0, length, status & LAST, 0, isBorrowed);
    return true;
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

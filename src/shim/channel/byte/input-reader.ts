// From the link to the core: gives it received bytes, and pauses the link while the core doesn't want more.
import { queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import type { CoreRef } from './core-ref.ts';

/** How many bytes the core copies at a time, whatever a link delivers at once. */
const MAX_CHUNK = 8 * 1024 * 1024;

export class InputReader {
  readonly #core: CoreRef;
  #link: Link | undefined;
  #paused = false;
  /** Whether {@link Link.resume} is being called: what it delivers at once isn't in a task of its own. */
  #resuming = false;

  constructor(core: CoreRef) {
    this.#core = core;
  }

  /** Sets the link to pause and resume. */
  open(link: Link): void {
    this.#link = link;
  }

  /** Whether what the link delivers now comes in a task of its own. */
  get inOwnTask(): boolean {
    return this.#link?.ownTasks === true && !this.#resuming;
  }

  /** Gives a chunk to the core. */
  receive(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += MAX_CHUNK) {
      this.#core.socket?.receive(chunk.subarray(at, at + MAX_CHUNK), now());
    }
  }

  /** Pauses the link if the core wants no more input. */
  pauseIfFull(): void {
    if (this.#paused || this.#core.socket?.wantsInput !== false) return;
    this.#paused = true;
    this.#link?.pause();
  }

  /**
   * Resumes a paused link once no event waits. What it delivers at once may pause it again without making an event; it is
   * then resumed in a later turn of the event loop.
   */
  resumeIfEmpty(): void {
    if (!this.#paused || this.#core.socket?.hasEvent) return;
    this.#paused = false;
    this.#resuming = true;
    this.#link?.resume();
    this.#resuming = false;
    if (this.#paused) queueTurn(() => this.resumeIfEmpty());
  }
}

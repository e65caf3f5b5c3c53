// From the link to the core: passes on received bytes, and pauses the link while the core doesn't want more.
import { queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { Link } from '../../transports/types.ts';
import type { SocketRef } from './socket-ref.ts';

/** How many bytes the core copies at a time, whatever a link delivers at once. */
const MAX_CHUNK = 8 * 1024 * 1024;

/** How many bytes a link may deliver at once when it is resumed, before it must return to the event loop. */
const MAX_RESUMED = 1024 * 1024;

export class InputFlow {
  readonly #ref: SocketRef;
  #link: Link | undefined;
  #paused = false;
  /** Whether {@link Link.resume} is being called: its synchronous deliveries aren't in tasks of their own. */
  #resuming = false;
  /** The bytes that were delivered in that call. */
  #resumed = 0;

  constructor(ref: SocketRef) {
    this.#ref = ref;
  }

  /** Sets the link to pause and resume. */
  setLink(link: Link): void {
    this.#link = link;
  }

  /** Whether a delivery of the link is now in a task of its own. */
  get inOwnTask(): boolean {
    return this.#link?.ownTasks === true && !this.#resuming;
  }

  /** Passes a chunk to the core. */
  receive(chunk: Uint8Array): void {
    if (this.#resuming) this.#resumed += chunk.length;
    for (let at = 0; at < chunk.length; at += MAX_CHUNK) {
      this.#ref.socket?.receive(chunk.subarray(at, at + MAX_CHUNK), now());
    }
  }

  /** Pauses the link if the core wants no more input, or the link delivers too much in one task. */
  pauseIfFull(): void {
    if (this.#paused || (this.#ref.socket?.wantsInput !== false && this.#resumed <= MAX_RESUMED)) return;
    this.#paused = true;
    this.#link?.pause();
  }

  /** Resumes a paused link once no event waits. If it delivers too much at once, it continues in a later turn. */
  resumeIfIdle(): void {
    if (this.#paused && !this.#ref.socket?.hasEvent) this.resume();
  }

  /** Resumes a paused link. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#resuming = true;
    this.#link?.resume();
    this.#resuming = false;
    this.#resumed = 0;
    if (this.#paused) queueTurn(() => this.resumeIfIdle());
  }
}

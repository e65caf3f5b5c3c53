// The end of a link after the end of its connection: the last output, the end of the stream, and a bound on both.
import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import type { GuardedLink } from '../../transports/guarded-link.ts';

/**
 * How long a link may take to flush the last output and to end after the connection is closed, in milliseconds. (The core
 * bounds the wait for the server's end before that: `open_connection/end.rs`.)
 */
const SHUTDOWN_TIMEOUT = 2_000;

export class LinkShutdown {
  #link: GuardedLink | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the link delivers no more. */
  #ended = false;
  /** Whether it broke. */
  #broke = false;

  /** Records that the link delivers no more. */
  linkEnded(): void {
    this.#ended = true;
    this.#finish();
  }

  /** Records that the link broke. */
  linkBroke(): void {
    this.#broke = true;
    this.linkEnded();
  }

  /**
   * Writes the last output, which may be a Close frame, and ends the link.
   *
   * @param output in chunks
   * @param wasClean if false, only output still matters (a Close frame that says why): without any, the link is dropped
   */
  start(link: GuardedLink, output: Uint8Array[], wasClean: boolean): void {
    if (output.length === 0 && !wasClean && (link.idle || this.#broke)) {
      link.destroy();
      return;
    }
    for (const chunk of output) link.write(chunk, () => {});
    link.end();
    if (this.#ended && link.idle) return;
    // A peer may never read the rest, and never end its side.
    this.#timer = setTimeout(() => link.destroy(), SHUTDOWN_TIMEOUT);
    this.#link = link;
    link.whenIdle(() => this.#finish());
  }

  /** Stops the timer, once the link delivers no more and everything is flushed. */
  #finish(): void {
    if (this.#ended && this.#link?.idle) clearTimeout(this.#timer);
  }
}

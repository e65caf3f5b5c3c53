// What links share that may still receive bytes while they are paused: they keep those for `resume()`.
import { MAX_UNREAD } from './link-failures.ts';
import type { LinkSink } from './types.ts';

export abstract class PausableLink {
  #sink: LinkSink | undefined;
  /** Also before the link is open. */
  #paused = true;
  /** Undefined while there is none, as mostly. */
  #unread: Uint8Array[] | undefined;
  #unreadBytes = 0;
  /** Set once nothing more is received; with the failure, if that is why. It is reported after the unread bytes. */
  #received: { failure: { error: unknown } | undefined } | undefined;

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.resume();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const chunk = this.#unread?.shift();
      if (!chunk) break;
      this.#unreadBytes -= chunk.length;
      this.#sink?.data(chunk);
    }
    this.#report();
  }

  protected get paused(): boolean {
    return this.#paused;
  }

  /** Whether nothing more is received. */
  protected get received(): boolean {
    return this.#received !== undefined;
  }

  /** Delivers bytes, now or later. Returns false if too many are left unread. */
  protected deliver(chunk: Uint8Array): boolean {
    if (!this.#paused) {
      this.#sink?.data(chunk);
      return true;
    }
    this.#unread ??= [];
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    return this.#unreadBytes <= MAX_UNREAD;
  }

  /** Reports the end of what is received, after the unread bytes. */
  protected receivedAll(failure?: { error: unknown }): void {
    this.#received ??= { failure };
    this.#report();
  }

  /** Drops the unread bytes. */
  protected dropUnread(): void {
    this.#unread = undefined;
  }

  /** Delivers nothing any more. Returns the sink. */
  protected removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#unread = undefined;
    return sink;
  }

  #report(): void {
    if (!this.#received || this.#paused) return;
    const { failure } = this.#received;
    const sink = this.#sink;
    this.#sink = undefined;
    if (failure) sink?.fail(failure.error);
    else sink?.end();
  }
}

// What the built-in links share: they keep the bytes that arrive while they are paused, and may write what they are given
// without a copy.

import { BUILT_IN } from './guarded-link.ts';
import { MAX_UNREAD } from './link-failures.ts';
import type { Link, LinkSink } from './types.ts';

export abstract class BuiltInLink implements Link {
  abstract readonly ownTasks: boolean;
  #sink: LinkSink | undefined;
  /** Also before the link is open. */
  #paused = true;
  /** Undefined while there is none, as mostly. */
  #unread: Uint8Array[] | undefined;
  #unreadBytes = 0;
  /** Set once nothing more is received; with the failure, if that is why. It is reported after the unread bytes. */
  #received: { failure: { error: unknown } | undefined } | undefined;

  get [BUILT_IN](): true {
    return true;
  }

  /** How many bytes in front of a chunk that it owns {@link write} may overwrite. */
  get headroom(): number {
    return 0;
  }

  /** Whether a chunk that it owns may be in memory that is used again once it is written. */
  get reusable(): boolean {
    return false;
  }

  /** @param owned whether the chunk's buffer belongs to this link */
  abstract write(chunk: Uint8Array, flushed: () => void, owned?: boolean): void;
  abstract end(): void;
  abstract destroy(): void;

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

  /** Delivers bytes, now or later. Returns false if too many were left unread: then they are dropped. */
  protected deliver(chunk: Uint8Array): boolean {
    if (!this.#paused) {
      this.#sink?.data(chunk);
      return true;
    }
    this.#unread ??= [];
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes <= MAX_UNREAD) return true;
    this.#unread = undefined;
    return false;
  }

  /** Reports the end of what is received, after the unread bytes. */
  protected receivedAll(failure?: { error: unknown }): void {
    this.#received ??= { failure };
    this.#report();
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

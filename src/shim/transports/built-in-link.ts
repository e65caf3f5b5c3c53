// What the built-in links share: they keep the bytes that arrive while they are paused, and may write what they are given
// without a copy.

import { copyOf } from '../platform/binary.ts';
import { BUILT_IN } from './guarded-link.ts';
import { MAX_UNREAD } from './link-failures.ts';
import type { Link, LinkSink } from './types.ts';

/** On a sink: that it takes chunks which are overwritten once `data` has returned. */
export const BORROWS = Symbol('borrows');

/** A sink of this package's. */
export interface BorrowingSink extends LinkSink {
  readonly [BORROWS]: true;
  data(chunk: Uint8Array, isBorrowed?: boolean): void;
}

export abstract class BuiltInLink implements Link {
  abstract readonly ownTasks: boolean;
  #sink: LinkSink | BorrowingSink | undefined;
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

  /** How many bytes {@link borrow} can write now: 0 if none, or not in that way. */
  get room(): number {
    return 0;
  }

  /**
   * Writes a chunk of at most {@link room} bytes, which is overwritten later, and {@link headroom} bytes in front of which may be
   * overwritten now. If it throws, nothing was written. Returns the position after it, for {@link whenFlushed}.
   */
  borrow?(chunk: Uint8Array): number;

  /** Calls `flushed` once everything up to that position is flushed: perhaps at once. */
  whenFlushed?(position: number, flushed: () => void): void;

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

  /**
   * Delivers bytes, now or later. Returns false if too many were left unread: then they are dropped.
   *
   * @param isBorrowed whether the chunk is overwritten afterwards
   */
  protected deliver(chunk: Uint8Array, isBorrowed = false): boolean {
    const sink = this.#sink;
    if (!this.#paused && sink && BORROWS in sink) {
      sink.data(chunk, isBorrowed);
      return true;
    }
    const own = isBorrowed ? copyOf(chunk, 0, chunk.length) : chunk;
    if (!this.#paused) {
      sink?.data(own);
      return true;
    }
    this.#unread ??= [];
    this.#unread.push(own);
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

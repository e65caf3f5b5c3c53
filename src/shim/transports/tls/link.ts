// TLS over the link of another transport.

import { onAbort } from '../../platform/abort-signal.ts';
import { joinBytes } from '../../platform/binary.ts';
import { clearTimeout, queueMicrotask, setTimeout } from '../../platform/globals.ts';
import { BORROWS, type BorrowingSink, BuiltInLink } from '../built-in-link.ts';
import type { GuardedLink } from '../guarded-link.ts';
import { aborted, tooMuchUnread } from '../link-failures.ts';
import { nameOf } from '../transport-name.ts';
import type { TlsFacts } from '../types.ts';
import { truncated } from './failures.ts';
import type { TrapListener } from './instance.ts';
import { CLOSED, FAILED, HANDSHAKING, MAX_BYTES, type TlsSession } from './session.ts';

/** How long the inner link may take to flush what was written before a failure, the alert included, in milliseconds. */
const DROP_TIMEOUT = 2_000;

/** How much plaintext is encrypted at a time: so that a relay's packet of 64 KiB holds the ciphertext. */
const MAX_PART = 63 * 1024;

export class TlsLink extends BuiltInLink implements TrapListener {
  readonly secure = true;
  readonly name: string;
  override readonly ownTasks: boolean;
  /** Set once the handshake is complete. */
  tls: TlsFacts | undefined;
  readonly #inner: GuardedLink;
  readonly #session: TlsSession;
  /** Settles the promise of {@link handshake}; undefined before that, and once it is settled. */
  #settle: ((failure?: { error: unknown }) => void) | undefined;
  /** Whether this side sends no more. */
  #sent = false;
  #dropTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(inner: GuardedLink, session: TlsSession) {
    super();
    this.ownTasks = inner.ownTasks;
    this.name = nameOf(inner.returned);
    this.#inner = inner;
    this.#session = session;
    session.instance?.addTrapListener(this);
  }

  /**
   * Does the handshake. Afterwards the link can be opened; until then the inner link is paused.
   *
   * @param signal aborts the handshake
   * @returns rejects if the handshake fails; the inner link is then dropped, once an alert is flushed
   */
  handshake(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const forgetSignal = onAbort(signal, () => {
        this.#fail(aborted());
        this.destroy();
      });
      this.#settle = (failure) => {
        this.#settle = undefined;
        forgetSignal();
        if (failure) reject(failure.error);
        else resolve();
      };
      const sink: BorrowingSink = {
        [BORROWS]: true,
        data: (chunk) => this.#receive(chunk),
        end: () => this.#innerEnded(),
        fail: (error) => this.#fail(error),
      };
      this.#inner.open(sink);
      this.#writeOutput();
    });
  }

  override write(chunk: Uint8Array, flushed: () => void): void {
    let left = Math.ceil(chunk.length / MAX_PART);
    const partFlushed = () => {
      left -= 1;
      if (left === 0) flushed();
    };
    for (let at = 0; at < chunk.length && !this.#sent; at += MAX_PART) {
      this.#session.send(chunk.subarray(at, at + MAX_PART));
      this.#writeOutput(partFlushed);
    }
    if (chunk.length === 0) queueMicrotask(flushed);
    this.#followStatus();
  }

  override pause(): void {
    super.pause();
    this.#inner.pause();
  }

  override resume(): void {
    super.resume();
    if (!this.paused) this.#inner.resume();
  }

  override end(): void {
    if (this.#sent) return;
    this.#session.close();
    this.#writeOutput();
    this.#sent = true;
    this.#inner.end();
    if (this.received) this.#drop();
  }

  override destroy(): void {
    this.removeSink();
    this.receivedAll();
    this.#sent = true;
    this.#free();
    clearTimeout(this.#dropTimer);
    this.#inner.destroy();
  }

  trapped(error: unknown): void {
    this.#fail(error);
  }

  /** Takes ciphertext. All plaintext in it is delivered at once: see {@link Link.ownTasks}. */
  #receive(chunk: Uint8Array): void {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < chunk.length && !this.received && this.#session.status < CLOSED; at += MAX_BYTES) {
      this.#session.receive(chunk.subarray(at, at + MAX_BYTES));
      // Not all of it at the end: the module's memory would grow by it, and never shrinks.
      const part = this.#session.takePlaintext();
      if (part) parts.push(part);
    }
    if (parts.length > 0) this.#deliver(joinBytes(parts));
    // Afterwards: if the inner link fails at this, what preceded is delivered.
    this.#writeOutput();
    this.#followStatus();
  }

  /** After close_notify it changes nothing: this side may still write. */
  #innerEnded(): void {
    if (!this.received) this.#fail(truncated(this.#session.host, this.#settle === undefined));
  }

  #deliver(plaintext: Uint8Array): void {
    if (!this.deliver(plaintext)) this.#fail(tooMuchUnread());
  }

  /** Acts on the session's status, which a call may have changed. */
  #followStatus(): void {
    const { instance, status } = this.#session;
    // If it has stopped, `trapped` is called soon, with a stack of its own: there may be none left here.
    if (this.received || instance?.stopped) return;
    if (status === FAILED) {
      this.#fail(this.#session.failure());
      return;
    }
    if (this.#settle && status !== HANDSHAKING) {
      this.tls = this.#session.facts();
      this.#inner.pause();
      // It is settled if the inner link failed at that.
      this.#settle?.();
    }
    if (status === CLOSED) this.#receivedAll(undefined);
  }

  /** Writes what the session has for the server. */
  #writeOutput(flushed = () => {}): void {
    const output = this.#session.takeOutput(this.#inner.headroom);
    // After close_notify nothing may be sent (RFC 8446 6.1).
    if (output && !this.#sent) this.#inner.write(output, flushed);
  }

  #fail(error: unknown): void {
    if (!this.received || !this.#sent) this.#receivedAll({ error });
  }

  #receivedAll(failure: { error: unknown } | undefined): void {
    if (failure || this.#sent) this.#drop();
    // During the handshake the link isn't open: it rejects instead.
    this.receivedAll(failure);
    this.#settle?.(failure);
  }

  /** Ends the inner link, and drops it once everything is flushed: neither side sends more. */
  #drop(): void {
    if (this.#dropTimer !== undefined) return;
    this.#free();
    this.#dropTimer = setTimeout(() => this.#inner.destroy(), DROP_TIMEOUT);
    const sent = this.#sent;
    this.#sent = true;
    if (!sent) this.#inner.end();
    this.#inner.whenIdle(() => {
      clearTimeout(this.#dropTimer);
      this.#inner.destroy();
    });
  }

  #free(): void {
    this.#session.instance?.removeTrapListener(this);
    this.#session.free();
  }
}

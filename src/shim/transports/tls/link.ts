// TLS over the link of another transport.

import { joinBytes } from '../../platform/binary.ts';
import { clearTimeout, queueMicrotask, setTimeout } from '../../platform/globals.ts';
import type { GuardedLink } from '../guarded-link.ts';
import { aborted, MAX_UNREAD, tooMuchUnread } from '../link-failures.ts';
import { type CancelSignal, onCancel } from '../target.ts';
import type { Link, LinkSink, TlsFacts } from '../types.ts';
import { truncated } from './failures.ts';
import type { TrapListener } from './instance.ts';
import { CLOSED, FAILED, HANDSHAKING, MAX_BYTES, type TlsSession } from './session.ts';

/** How long the inner link may take to flush what was written before a failure, the alert included, in milliseconds. */
const DROP_TIMEOUT = 2_000;

export class TlsLink implements Link, TrapListener {
  readonly secure = true;
  readonly ownTasks: boolean;
  /** Set once the handshake is complete. */
  tls: TlsFacts | undefined;
  readonly #inner: GuardedLink;
  readonly #session: TlsSession;
  /** Settles the promise of {@link handshake}; undefined before that, and once it is settled. */
  #settle: ((failure?: { error: unknown }) => void) | undefined;
  #sink: LinkSink | undefined;
  #paused = true;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  /** Set once nothing more is received; with the failure, if that is why. It is reported after the unread bytes. */
  #received: { failure: { error: unknown } | undefined } | undefined;
  /** Whether this side sends no more. */
  #sent = false;
  #dropTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(inner: GuardedLink, session: TlsSession) {
    this.ownTasks = inner.ownTasks;
    this.#inner = inner;
    this.#session = session;
    session.instance.addTrapListener(this);
  }

  /**
   * Does the handshake. Afterwards the link can be opened; until then the inner link is paused.
   *
   * @param signal aborts the handshake
   * @returns rejects if the handshake fails; the inner link is then dropped, once an alert is flushed
   */
  handshake(signal: CancelSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const forgetSignal = onCancel(signal, () => {
        this.#fail(aborted());
        this.destroy();
      });
      this.#settle = (failure) => {
        this.#settle = undefined;
        forgetSignal();
        if (failure) reject(failure.error);
        else resolve();
      };
      this.#inner.open({
        data: (chunk) => this.#receive(chunk),
        end: () => this.#innerEnded(),
        fail: (error) => this.#fail(error),
      });
      this.#writeOutput();
    });
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.resume();
  }

  write(chunk: Uint8Array, flushed: () => void): void {
    let left = Math.ceil(chunk.length / MAX_BYTES);
    const partFlushed = () => {
      left -= 1;
      if (left === 0) flushed();
    };
    for (let at = 0; at < chunk.length && !this.#sent; at += MAX_BYTES) {
      this.#session.send(chunk.subarray(at, at + MAX_BYTES));
      this.#writeOutput(partFlushed);
    }
    if (chunk.length === 0) queueMicrotask(flushed);
    this.#followStatus();
  }

  pause(): void {
    this.#paused = true;
    this.#inner.pause();
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const chunk = this.#unread.shift();
      if (!chunk) break;
      this.#unreadBytes -= chunk.length;
      this.#sink?.data(chunk);
    }
    this.#reportEnd();
    if (!this.#paused) this.#inner.resume();
  }

  end(): void {
    if (this.#sent) return;
    this.#session.close();
    this.#writeOutput();
    this.#sent = true;
    this.#inner.end();
    if (this.#received) this.#drop();
  }

  destroy(): void {
    this.#sink = undefined;
    this.#unread.length = 0;
    this.#received ??= { failure: undefined };
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
    for (let at = 0; at < chunk.length && !this.#received && this.#session.status < CLOSED; at += MAX_BYTES) {
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
    if (!this.#received) this.#fail(truncated(this.#session.host, this.#settle === undefined));
  }

  #deliver(plaintext: Uint8Array): void {
    if (!this.#paused) {
      this.#sink?.data(plaintext);
      return;
    }
    this.#unread.push(plaintext);
    this.#unreadBytes += plaintext.length;
    if (this.#unreadBytes <= MAX_UNREAD) return;
    this.#unread.length = 0;
    this.#fail(tooMuchUnread());
  }

  /** Acts on the session's status, which a call may have changed. */
  #followStatus(): void {
    const { instance, status } = this.#session;
    // If it has stopped, `trapped` is called soon, with a stack of its own: there may be none left here.
    if (this.#received || instance.stopped) return;
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
    const output = this.#session.takeOutput();
    // After close_notify nothing may be sent (RFC 8446 6.1).
    if (output && !this.#sent) this.#inner.write(output, flushed);
  }

  #fail(error: unknown): void {
    if (!this.#received || !this.#sent) this.#receivedAll({ error });
  }

  #receivedAll(failure: { error: unknown } | undefined): void {
    this.#received ??= { failure };
    if (failure || this.#sent) this.#drop();
    if (this.#settle) this.#settle(failure);
    else this.#reportEnd();
  }

  #reportEnd(): void {
    if (!this.#received || this.#paused) return;
    const { failure } = this.#received;
    const sink = this.#sink;
    this.#sink = undefined;
    if (failure) sink?.fail(failure.error);
    else sink?.end();
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
    this.#session.instance.removeTrapListener(this);
    this.#session.free();
  }
}

// From the core to the link: writes output as fast as the transport accepts it, and reports flushed bytes.
import { queueStep } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { GuardedLink } from '../../transports/guarded-link.ts';
import type { CoreDriver } from './core-driver.ts';
import { FlushReports, type OutputOwner } from './flush-reports.ts';
import { PART } from './message-parts.ts';
import { PendingParts } from './pending-parts.ts';

/**
 * How many bytes of output may be in flight in the transport; the rest stays in the core, and is written at once later.
 */
const MAX_IN_FLIGHT = 1024 * 1024;

/** The core gives no more output at a time: `MAX_OUTPUT` in src/dom/socket/driver.rs. */
const MAX_OUTPUT = 128 * 1024;

/** As an unsigned number, more than there ever is: nothing is lent. */
const NONE = -1;

/** So much output is taken from the core as soon as it is there: its memory never shrinks. */
const MAX_IN_CORE = 64 * 1024;

/** Output that was written where it is: its length, and the link's position after it. */
interface Lent {
  readonly length: number;
  readonly position: number;
}

export class OutputWriter {
  protected readonly driver: CoreDriver;
  protected readonly owner: OutputOwner;
  /** The link to write to. */
  link: GuardedLink | undefined;
  /** Undefined while no message was sent in parts, as mostly. */
  #parts: PendingParts | undefined;
  /** Undefined while nothing was flushed lately. */
  #reports: FlushReports | undefined;
  /** Output that was taken from the core and not written. */
  #taken: Uint8Array[] | undefined;
  /** The bytes of payload sent since output was last taken from the core. */
  unwritten = 0;
  /** Whether there may be output that waits for the link. */
  #waiting = false;
  /** Bytes passed to the link that it has not flushed. */
  #inFlight = 0;
  /** How many bytes at the front of the core's output were written where they are. */
  #lent = 0;
  /** What was written so and is not awaited yet. Undefined while there is nothing. */
  #unwatched: Lent[] | undefined;

  constructor(driver: CoreDriver, owner: OutputOwner) {
    this.driver = driver;
    this.owner = owner;
  }

  /** The payloads of messages that are sent in parts. */
  protected get parts(): PendingParts {
    this.#parts ??= new PendingParts(this.driver);
    return this.#parts;
  }

  /** Records that a payload was framed. */
  protected framed(length: number): void {
    this.unwritten += length;
    if (this.unwritten < MAX_IN_CORE) return;
    if (this.link && this.#lendWhole(this.link)) this.unwritten = this.driver.socket?.outputLength ?? 0;
    else this.#take();
  }

  /** Writes output in the largest pieces, where it is. Returns whether less than one is left. */
  #lendWhole(link: GuardedLink): boolean {
    for (;;) {
      const length = this.#lend(link, true);
      if (!length) return length === 0;
    }
  }

  /**
   * Writes output that stays in the core's memory: as much as the link has room for, and with `whole` no less. Returns how many
   * bytes; `undefined` if the link can't write them now. As for {@link #take}, a caller's stack may overflow: what was written is
   * recorded before any function is called.
   */
  #lend({ lender }: GuardedLink, whole = false): number | undefined {
    if (this.#inFlight > MAX_IN_FLIGHT || this.#taken?.length) return undefined;
    try {
      const room = lender?.room;
      if (!room || !lender.borrow) return undefined;
      const output = this.driver.socket?.lendOutput(this.#lent, whole ? room : 1, room);
      this.#lent = 0;
      if (!output) return 0;
      const position = lender.borrow(output);
      const { length } = output;
      this.#lent = length;
      this.#inFlight += length;
      this.#unwatched ??= [];
      this.#unwatched[this.#unwatched.length] = { length, position };
      return length;
    } catch {
      // The stack overflowed, or the link can't be written to: that fails as well when it is tried in the other way.
      return undefined;
    }
  }

  /** Removes from the core what was written where it is. */
  #settle(): void {
    if (this.#lent > 0) this.driver.socket?.lendOutput(this.#lent, NONE, 0);
    this.#lent = 0;
  }

  /**
   * Takes the output from the core. It is called while a caller sends, whose stack may overflow: after the core has given
   * output away no function may be called before it is kept.
   */
  #take(): void {
    this.#taken ??= [];
    for (;;) {
      const output = this.#takeChunk();
      if (output) this.#taken[this.#taken.length] = output;
      else if (output === null) this.#failed();
      if (!output) break;
    }
    this.unwritten = 0;
  }

  #takeChunk(): Uint8Array | null | undefined {
    this.#settle();
    const { headroom = 0, reusable = false } = this.link ?? {};
    return this.driver.socket?.takeOutput(headroom, reusable);
  }

  /** Frames a message of which `bytes` are the whole payload, in parts. The core must want them. */
  protected frameParts(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PART) {
      this.driver.update(this.driver.socket?.bringPart(bytes.subarray(at, at + PART), now()));
      this.#take();
    }
  }

  /** Writes output, if the link has room for it. */
  write(): void {
    const link = this.link;
    this.unwritten = 0;
    // A link may flush within its `write`, and be answered there: the rest of a long output waits for another step.
    let written = 0;
    this.#waiting = true;
    while (link && this.#inFlight <= MAX_IN_FLIGHT && written <= MAX_IN_FLIGHT) {
      this.#parts?.bring();
      const length = this.#writeChunk(link);
      written += length;
      if (length === 0 || !this.#waiting) break;
    }
    this.#watch();
  }

  /** Writes all output, whatever is in flight: nothing can be written later. */
  writeAll(): void {
    this.write();
    while (this.link && this.#writeChunk(this.link) > 0);
    this.#watch();
  }

  get #hasParts(): boolean {
    return Boolean(this.#parts?.size);
  }

  /** Returns how many bytes there were. Afterwards it is known whether output waits. */
  #writeChunk(link: GuardedLink): number {
    const lent = this.#lend(link);
    if (lent !== undefined) {
      this.#waiting = lent > 0 || this.#hasParts;
      return lent;
    }
    const output = this.#taken?.shift() ?? this.#takeChunk();
    const length = output?.length ?? 0;
    // Before the link may report that it is flushed.
    this.#waiting = length >= MAX_OUTPUT || this.#hasParts || Boolean(this.#taken?.length);
    // null: the engine has no memory for it, and the connection has failed.
    if (output === null) this.#failed();
    if (!output) return 0;
    this.#inFlight += length;
    link.write(output, () => this.#flushed(length));
    return length;
  }

  /** Awaits the flush of what was written where it is. */
  #watch(): void {
    this.#settle();
    const all = this.#unwatched;
    this.#unwatched = undefined;
    for (const { length, position } of all ?? []) this.link?.whenFlushed(position, () => this.#flushed(length));
  }

  #failed(): void {
    this.driver.update(this.driver.socket?.status());
    this.driver.changed();
  }

  /** Reports flushed bytes to the core. To be called in a task of its own: `bufferedAmount` never drops within one. */
  report(): void {
    this.#reports?.report();
  }

  /** Writes no more. */
  close(): void {
    this.link = undefined;
    this.#parts = undefined;
    this.#taken = undefined;
  }

  /** Writes no more, and returns the rest of the output in chunks: none if the core discarded its output. */
  takeAll(wasClean: boolean): Uint8Array[] {
    const before = this.#taken?.length ?? 0;
    this.#watch();
    this.#take();
    const taken = this.#taken ?? [];
    this.close();
    return wasClean || taken.length > before ? taken : [];
  }

  #flushed(bytes: number): void {
    if (this.#waiting) queueStep(() => this.driver.changed());
    this.#reports ??= new FlushReports(this.driver, this.owner, () => this.#settled());
    this.#reports.add(bytes, this.#waiting);
    this.#inFlight -= bytes;
  }

  #settled(): void {
    if (this.#reports?.isSettled) this.#reports = undefined;
  }
}

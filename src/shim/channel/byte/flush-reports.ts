// Flushed bytes, and when they are reported to the core.
import { queueLater, queueTurn } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import { CLOSING_HANDSHAKE } from '../../wasm/status.ts';
import type { CoreDriver } from './core-driver.ts';

/** States of the next report. */
const NONE = 0;
const LATER = 1;
const NEXT_TURN = 2;

/** The owner of a socket's output. */
export interface OutputOwner {
  /** As of the last report of flushed bytes. */
  bufferedAmount: number;
  /** Set while somebody waits for `bufferedAmount` to fall. */
  readonly onDrain: (() => void) | undefined;
}

export class FlushReports {
  readonly #driver: CoreDriver;
  readonly #owner: OutputOwner;
  /** Flushed bytes that were not reported. */
  #bytes = 0;
  #next: number = NONE;
  readonly #settled: () => void;

  /** @param settled called when {@link isSettled} may have become true */
  constructor(driver: CoreDriver, owner: OutputOwner, settled: () => void) {
    this.#driver = driver;
    this.#owner = owner;
    this.#settled = settled;
  }

  /** Whether there is nothing to report, and nothing scheduled. */
  get isSettled(): boolean {
    return this.#bytes === 0 && this.#next === NONE;
  }

  /** Adds flushed bytes, and schedules a report: in the next turn if something depends on it, otherwise after other work. */
  add(bytes: number, isUrgent: boolean): void {
    if ((isUrgent || this.#owner.onDrain || this.#driver.status & CLOSING_HANDSHAKE) && this.#next !== NEXT_TURN) {
      queueTurn(() => this.#reportInTurn());
      this.#next = NEXT_TURN;
    } else if (this.#next === NONE) {
      queueLater(() => this.#reportInTurn());
      this.#next = LATER;
    }
    // Last: if the stack overflows before that, the link may report them again.
    this.#bytes += bytes;
  }

  /** Reports what was flushed. To be called in a task of its own: `bufferedAmount` never drops within one. */
  report(): void {
    const bytes = this.#bytes;
    if (bytes === 0) return;
    const driver = this.#driver;
    const bufferedAmount = driver.socket?.written(bytes, now());
    this.#bytes -= bytes;
    if (bufferedAmount === undefined) return;
    this.#owner.bufferedAmount = bufferedAmount;
    // The closing handshake may be complete with it.
    if (driver.status & CLOSING_HANDSHAKE) driver.update(driver.socket?.status());
  }

  #reportInTurn(): void {
    this.#next = NONE;
    if (this.#bytes > 0) {
      this.report();
      this.#driver.changed();
    }
    this.#settled();
  }
}

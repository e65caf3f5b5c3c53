// One timer, set to the core's deadline.
import { clearTimeout, now, setTimeout } from '../../platform/globals.ts';

/** The longest delay of a timer, in milliseconds. */
export const MAX_DELAY = 2 ** 31 - 1;

export class DeadlineTimer {
  readonly #expired: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline: number | undefined;

  /** @param expired called at the deadline, or earlier if the delay is longer than a timer's longest */
  constructor(expired: () => void) {
    this.#expired = expired;
  }

  /** @param deadline on the clock of `performance.now()`; `undefined` clears the timer */
  set(deadline: number | undefined): void {
    if (deadline === this.#deadline) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = deadline === undefined ? undefined : this.#start(deadline);
    this.#deadline = deadline;
  }

  /** Apart from {@link set}, which needs no closure when it clears the timer. */
  #start(deadline: number): ReturnType<typeof setTimeout> {
    const run = () => {
      this.#timer = undefined;
      this.#deadline = undefined;
      this.#expired();
    };
    return setTimeout(run, Math.min(deadline - now() + 1, MAX_DELAY));
  }
}

// One timer, kept at the moment that the core names.
import { clearTimeout, now, setTimeout } from '../../platform/globals.ts';

/** The longest delay that a timer takes, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

export class Deadline {
  readonly #passed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at: number | undefined;

  /** @param passed is called at the deadline, or before it where no timer goes so far: it is set anew then */
  constructor(passed: () => void) {
    this.#passed = passed;
  }

  /** @param at on the clock of `performance.now()`; none takes it back */
  set(at: number | undefined): void {
    if (at === this.#at) return;
    clearTimeout(this.#timer);
    this.#at = at;
    if (at === undefined) return;
    const run = () => {
      this.#at = undefined;
      this.#passed();
    };
    this.#timer = setTimeout(run, Math.min(at - now() + 1, MAX_DELAY));
  }
}

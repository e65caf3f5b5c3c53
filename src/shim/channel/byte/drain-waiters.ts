// Callers waiting for `bufferedAmount` to fall.

interface DrainWaiter {
  limit: number;
  resolve: () => void;
}

export class DrainWaiters {
  /** Undefined while there are none, as mostly. */
  #waiters: DrainWaiter[] | undefined;

  /** Whether there are any. */
  get some(): boolean {
    return this.#waiters !== undefined;
  }

  /** Resolves once at most `limit` bytes are buffered; `undefined` if that is already so. */
  wait(limit: number, buffered: number): Promise<void> | undefined {
    if (buffered <= limit) return undefined;
    return new Promise((resolve) => {
      this.#waiters ??= [];
      this.#waiters.push({ limit, resolve });
    });
  }

  /** Resolves the waiters whose limit is at least `buffered`. */
  update(buffered: number): void {
    const waiters = this.#waiters;
    if (!waiters) return;
    const left = waiters.filter(({ limit }) => buffered > limit);
    if (left.length === waiters.length) return;
    this.#waiters = left.length > 0 ? left : undefined;
    for (const { limit, resolve } of waiters) if (buffered <= limit) resolve();
  }
}

// Callers waiting for `bufferedAmount` to fall.

export class DrainWaiters {
  #waiters: { limit: number; resolve: () => void }[] = [];

  /** Whether there are any. */
  get some(): boolean {
    return this.#waiters.length > 0;
  }

  /** Resolves once at most `limit` bytes are buffered; `undefined` if that is already so. */
  wait(limit: number, buffered: number): Promise<void> | undefined {
    if (buffered <= limit) return undefined;
    return new Promise((resolve) => this.#waiters.push({ limit, resolve }));
  }

  /** Resolves the waiters whose limit is at least `buffered`. */
  update(buffered: number): void {
    const done = this.#waiters.filter(({ limit }) => buffered <= limit);
    if (done.length === 0) return;
    this.#waiters = this.#waiters.filter(({ limit }) => buffered > limit);
    for (const { resolve } of done) resolve();
  }
}

// Who waits until less is to leave.

export class Drains {
  #waiting: { most: number; resolve: () => void }[] = [];

  /** Whether somebody waits. */
  get some(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves once no more than `most` bytes are buffered; there is nothing to wait for where it is so. */
  wait(most: number, buffered: number): Promise<void> | undefined {
    if (buffered <= most) return undefined;
    return new Promise((resolve) => this.#waiting.push({ most, resolve }));
  }

  /** So many bytes are buffered now. */
  check(buffered: number): void {
    const done = this.#waiting.filter(({ most }) => buffered <= most);
    if (done.length === 0) return;
    this.#waiting = this.#waiting.filter(({ most }) => buffered > most);
    for (const { resolve } of done) resolve();
  }
}

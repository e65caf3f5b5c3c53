// Waiting for the `bufferedAmount` of a channel to fall.
import type { Channel } from '../channel/channel.ts';
import { OPEN } from '../channel/ready-state.ts';
import { setTimeout } from '../platform/globals.ts';

/** How often `bufferedAmount` is read over `native`, in milliseconds: no event reports that it fell. */
const POLL_INTERVAL = 4;

export class Drain {
  readonly #channel: Channel;
  readonly #polls: boolean;
  #ended = false;
  #resolve = (): void => {};

  /** @param polls whether the channel doesn't call its `onDrain` */
  constructor(channel: Channel, polls: boolean) {
    this.#channel = channel;
    this.#polls = polls;
  }

  /**
   * Resolves once at most `limit` bytes of payload are buffered, or after {@link end}; `undefined` if that is so already. A
   * later call may follow when this has resolved.
   */
  wait(limit: number): Promise<void> | undefined {
    const channel = this.#channel;
    const isFull = () => !this.#ended && channel.bufferedAmount > limit;
    if (!isFull()) return undefined;
    if (this.#polls) return poll(() => channel.readyState === OPEN && isFull());
    return new Promise((resolve) => {
      this.#resolve = () => {
        channel.onDrain = undefined;
        resolve();
      };
      channel.onDrain = () => {
        if (!isFull()) this.#resolve();
      };
    });
  }

  /** The connection is closed. */
  end(): void {
    this.#ended = true;
    this.#resolve();
  }
}

async function poll(isFull: () => boolean): Promise<void> {
  while (isFull()) await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
}

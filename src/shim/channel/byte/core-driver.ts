// Calls into the core and what must follow them: the update, and a timer for the core's deadline.
import { queueStep } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { DEADLINE } from '../../wasm/status.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { SocketRef } from './socket-ref.ts';

/** Handles the effects of calls into the core. */
export interface Updatable {
  update(): void;
}

/**
 * Methods run on their caller's stack, which may overflow at any call. So each calls {@link CoreDriver.changed} first and the
 * core then; whatever follows from that is done in the update, on a stack of its own.
 */
export class CoreDriver extends SocketRef {
  readonly #owner: Updatable;
  /** Whether an update is scheduled. */
  updating = false;
  /** Undefined while there is no deadline, as mostly. */
  #timer: DeadlineTimer | undefined;

  constructor(socket: CoreSocket, owner: Updatable) {
    super(socket);
    this.#owner = owner;
  }

  /** Schedules the update that follows a call into the core, for when the caller's stack has unwound. */
  changed(): void {
    if (this.updating) return;
    queueStep(() => {
      this.updating = false;
      this.#owner.update();
    });
    this.updating = true;
  }

  /** Sets the timer, if the deadline changed. */
  setTimer(): void {
    if (!(this.status & DEADLINE)) return;
    const deadline = this.socket?.deadline;
    if (deadline === undefined) {
      this.clearTimer();
    } else {
      this.#timer ??= new DeadlineTimer(() => this.expired());
      this.#timer.set(deadline);
    }
    this.status &= ~DEADLINE;
  }

  clearTimer(): void {
    this.#timer?.set(undefined);
    this.#timer = undefined;
  }

  /** The deadline has passed, or will soon: timers may fire early, and a long deadline needs several. */
  protected expired(): void {
    this.changed();
    this.update(this.socket?.expire(now()));
    // The status says nothing about one that is the same.
    this.#timer?.set(this.socket?.deadline);
  }
}

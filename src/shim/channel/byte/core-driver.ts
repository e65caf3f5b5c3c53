// Calls into the core and what must follow them: the update, and a timer for the core's deadline.
import { queueStep } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import { host } from '../../platform/host.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { DEADLINE, readyStateOf } from '../../wasm/status.ts';
import { OPEN } from '../ready-state.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { type KeptAlive, keepAlive } from './keep-alive-timer.ts';
import { SocketRef } from './socket-ref.ts';

/** Handles the effects of calls into the core. */
export interface Updatable {
  update(): void;
}

/**
 * Methods run on their caller's stack, which may overflow at any call. So each calls {@link CoreDriver.changed} first and the
 * core then; whatever follows from that is done in the update, on a stack of its own.
 */
export class CoreDriver extends SocketRef implements KeptAlive {
  readonly #owner: Updatable;
  /** Whether an update is scheduled. */
  updating = false;
  probe = false;
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
    if (this.status & DEADLINE) this.resetTimer();
  }

  /** Sets the timer: while the socket is open the one that all share, since the only deadline is that of keep-alive. */
  resetTimer(): void {
    const deadline = this.socket?.deadline;
    const isShared = readyStateOf(this.status) === OPEN && !host.ownTimers;
    this.status &= ~DEADLINE;
    keepAlive(this, isShared ? deadline : undefined);
    if (isShared || deadline === undefined) {
      this.#timer?.set(undefined);
      this.#timer = undefined;
    } else {
      this.#timer ??= new DeadlineTimer(() => this.expired());
      this.#timer.set(deadline);
    }
  }

  /** The deadline has passed, or will soon: timers may fire early, and a long deadline needs several. */
  expired(): void {
    this.changed();
    this.update(this.socket?.expire(now(), !this.paused, this.probe));
    this.probe = false;
    // The status says nothing about one that is the same.
    this.resetTimer();
  }
}

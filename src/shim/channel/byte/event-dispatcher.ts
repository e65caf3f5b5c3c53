// Takes the core's events in order, and dispatches each in a task of its own.
import { countStep, queueTask, type Task } from '../../platform/event-loop.ts';
import { isCached } from '../../platform/page-hide.ts';
import { type CoreSocket, EventKind } from '../../wasm/core.ts';
import {
  ERROR_NEXT,
  EVENT,
  IN_PLACE_ONLY,
  KIND_SHIFT,
  MESSAGE_NEXT,
  readyStateOf,
  STATUS_MASK,
} from '../../wasm/status.ts';
import { OPEN } from '../ready-state.ts';
import { ReceivedMessages } from './received-messages.ts';
import type { SocketRef } from './socket-ref.ts';

/** The callbacks for the core's events, and before and after them. */
export interface CoreEventHandler {
  /** Called before an event is taken. */
  beforeEvent(): void;
  opened(core: CoreSocket): void;
  /** @throws {unknown} if the message can't be dispatched: it is then refused, which fails the connection */
  message(data: string | Uint8Array<ArrayBuffer>): void;
  /** A ping or pong. */
  control(isPing: boolean, payload: Uint8Array): void;
  errorEvent(core: CoreSocket): void;
  closeEvent(core: CoreSocket): void;
  /** Called after the last of the events that waited, unless the connection is closed. */
  idle(): void;
}

export class EventDispatcher {
  readonly #ref: SocketRef;
  readonly #handler: CoreEventHandler;
  /** The messages in place. */
  readonly messages = new ReceivedMessages();
  /** How many of them were taken, and not reported to the core: its next call that takes the number reports them. */
  taken = 0;
  /** Whether an event is being dispatched, or a task for the next one is queued. */
  #active = false;
  /** Whether messages, and the events after them, are held back; {@link schedule} must follow when they no longer are. */
  held = false;
  /** Whether the next event is a message that is held back. */
  #waiting = false;
  /** The same function for all events that follow each other. Undefined while none waits, as mostly. */
  #task: Task | undefined;

  constructor(ref: SocketRef, handler: CoreEventHandler) {
    this.#ref = ref;
    this.#handler = handler;
  }

  /** Whether handlers run in this task or soon: their messages should be written together with those sent now. */
  get running(): boolean {
    return this.#active && !this.#waiting;
  }

  /** Whether an event waits. */
  get pending(): boolean {
    const { status } = this.#ref;
    return status & IN_PLACE_ONLY ? this.messages.length > 0 : (status & EVENT) !== 0;
  }

  /** Reports messages in place that were taken. */
  report(): void {
    const { taken } = this;
    if (taken === 0) return;
    this.#ref.update(this.#ref.socket?.takeInPlace(taken));
    this.taken = 0;
  }

  /** Dispatches no more. */
  close(): void {
    this.messages.clear();
    this.messages.takePartial();
  }

  /** Queues a task for the next event, if there is one and no task is queued. */
  schedule(): void {
    if (this.#waiting && !this.held) {
      this.#waiting = false;
      this.#queue();
    } else if (!this.#active && this.#hasNext()) {
      this.#active = true;
      this.#queue();
    }
  }

  /**
   * Dispatches the next event in the current task, which the platform began for it. Not an error: `close` must follow it in
   * the same task after a microtask checkpoint, which this task can't provide. Nor if this turn's steps are spent: one turn
   * may deliver to a thousand sockets.
   */
  runNow(): void {
    if (this.#active || isCached() || !this.#hasNext() || this.#ref.status & ERROR_NEXT || countStep()) return;
    const rest = this.#run();
    // After close() messages are dropped, and the event after them may still be an error.
    if (rest) queueTask(() => void rest());
  }

  /** Whether an event waits, after what was taken is reported if the core must be asked. */
  #hasNext(): boolean {
    if (!(this.#ref.status & IN_PLACE_ONLY)) this.report();
    return this.#ref.socket !== undefined && this.pending;
  }

  #queue(): void {
    this.#task ??= () => this.#run();
    queueTask(this.#task);
  }

  #run(): ReturnType<Task> {
    const core = this.#ref.socket;
    if (!core) return undefined;
    this.#handler.beforeEvent();
    // Also in `runNow`, so that messages of several handlers are written together.
    this.#active = true;
    if (!(this.#ref.status & IN_PLACE_ONLY)) this.report();
    const { status } = this.#ref;
    if (this.held && status & MESSAGE_NEXT && this.pending) {
      this.#waiting = true;
      this.#handler.idle();
      return undefined;
    }
    const rest = status & IN_PLACE_ONLY ? this.#dispatchInPlace() : this.#dispatch(core);
    if (rest || !this.#ref.socket) return rest;
    if (this.#hasNext()) {
      this.#queue();
      return undefined;
    }
    this.#active = false;
    this.#task = undefined;
    this.#handler.idle();
    return undefined;
  }

  /** Dispatches the next message without asking the core; messages that came too late are dropped. */
  #dispatchInPlace(): undefined {
    // "If ready state is not OPEN (1), then return."
    if (readyStateOf(this.#ref.status) !== OPEN) {
      this.taken += this.messages.length;
      this.messages.clear();
    } else if (this.messages.length > 0) {
      this.taken += 1;
      this.#messageInPlace();
    }
  }

  /** Dispatches the next event. Returns the step to run later in the same task, if there is one. */
  #dispatch(core: CoreSocket): ReturnType<Task> {
    const word = core.nextEvent();
    // The instance has stopped, and fails its sockets itself.
    if (word === undefined) return undefined;
    this.#ref.update(word & STATUS_MASK);
    const kind = word >>> KIND_SHIFT;
    switch (kind) {
      case EventKind.Text:
        this.#message(core.takeText(), true);
        return undefined;
      case EventKind.Binary:
        this.#message(core.takeBinary(), false);
        return undefined;
      case EventKind.InPlace:
        this.#messageInPlace();
        return undefined;
      case EventKind.Open:
        this.#handler.opened(core);
        return undefined;
      case EventKind.Ping:
      case EventKind.Pong:
        this.#handler.control(kind === EventKind.Ping, core.takeControl() ?? new Uint8Array());
        return undefined;
      case EventKind.Error:
        this.#handler.errorEvent(core);
        // In the same task (WHATWG WebSockets 4, "when the WebSocket connection is closed").
        return this.#ref.socket && (() => this.#handler.closeEvent(core));
      case EventKind.Close:
        this.#handler.closeEvent(core);
        return undefined;
      default:
        return undefined;
    }
  }

  #messageInPlace(): void {
    const { isText } = this.messages;
    let data: string | Uint8Array<ArrayBuffer> | undefined;
    try {
      data = this.messages.take();
    } catch {
      // The engine can't hold it.
    }
    this.#message(data, isText);
  }

  /** @param data undefined if the engine can't hold it; an instance that has stopped fails its sockets itself */
  #message(data: string | Uint8Array<ArrayBuffer> | undefined, isText: boolean): void {
    try {
      if (data === undefined) this.#refuse(isText);
      else this.#handler.message(data);
    } catch {
      this.#refuse(isText);
    }
  }

  /** Fails the connection, because there is no memory for a message. The core drops the messages after it. */
  #refuse(isText: boolean): void {
    this.messages.clear();
    this.taken = 0;
    this.#ref.update(this.#ref.socket?.refuseMessage(isText));
  }
}

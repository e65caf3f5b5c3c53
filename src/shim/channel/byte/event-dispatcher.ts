// Takes the core's events in order, and dispatches each in a task of its own.
import { queueTask, type Task } from '../../platform/event-loop.ts';
import { type CoreSocket, EventKind } from '../../wasm/core.ts';
import type { SocketRef } from './socket-ref.ts';

/** The callbacks for the core's events, and before and after them. */
export interface CoreEventHandler {
  /** Called before an event is taken. */
  before(): void;
  /** Called for every event except a message: attributes may have changed. */
  attributesChanged(): void;
  opened(core: CoreSocket): void;
  /** @throws {unknown} if the message can't be dispatched: it is then refused, which fails the connection */
  message(data: string | Uint8Array<ArrayBuffer>): void;
  pong(payload: Uint8Array): void;
  failed(core: CoreSocket): void;
  closed(core: CoreSocket): void;
  /** Called after an event that wasn't the last one. */
  after(): void;
  /** Called when no task for another event is queued. */
  idle(): void;
}

export class EventDispatcher {
  readonly #ref: SocketRef;
  readonly #handler: CoreEventHandler;
  /** Whether an event is being dispatched, or a task for the next one is queued. */
  #active = false;
  /** Whether messages are held back. */
  #held = false;
  /** Whether the next event is a message that is held back. */
  #waiting = false;

  constructor(ref: SocketRef, handler: CoreEventHandler) {
    this.#ref = ref;
    this.#handler = handler;
  }

  /** Whether handlers run in this task or soon: their messages should be written together with those sent now. */
  get running(): boolean {
    return this.#active && !this.#waiting;
  }

  /** Holds back messages, and the events after them. */
  hold(): void {
    this.#held = true;
  }

  /** No longer holds back messages; {@link schedule} must follow. */
  release(): void {
    this.#held = false;
  }

  /** Queues a task for the next event, if there is one and no task is queued. */
  schedule(): void {
    if (this.#waiting && !this.#held) {
      this.#waiting = false;
      queueTask(this.#run);
    } else if (!this.#active && this.#ref.socket?.hasEvent) {
      this.#active = true;
      queueTask(this.#run);
    }
  }

  /**
   * Dispatches the next event in the current task, which the platform began for it. Not an error: `close` must follow it in
   * the same task after a microtask checkpoint, which this task can't provide.
   */
  runNow(): void {
    const core = this.#ref.socket;
    if (this.#active || !core?.hasEvent || core.nextIsError) return;
    const rest = this.#run();
    // After close() messages are dropped, and the event after them may still be an error.
    if (rest) queueTask(() => void rest());
  }

  readonly #run: Task = () => {
    const core = this.#ref.socket;
    if (!core) return undefined;
    this.#handler.before();
    // Also in `runNow`, so that messages of several handlers are written together.
    this.#active = true;
    if (this.#held && core.nextIsMessage) {
      this.#waiting = true;
      this.#handler.idle();
      return undefined;
    }
    const rest = this.#dispatch(core);
    if (rest || !this.#ref.socket) return rest;
    this.#handler.after();
    if (this.#ref.socket?.hasEvent) {
      queueTask(this.#run);
      return undefined;
    }
    this.#active = false;
    this.#handler.idle();
    return undefined;
  };

  /** Dispatches the next event. Returns the step to run later in the same task, if there is one. */
  #dispatch(core: CoreSocket): ReturnType<Task> {
    const event = core.nextEvent();
    if (event === EventKind.Text) {
      this.#message(core.takeText(), true);
      return undefined;
    }
    if (event === EventKind.Binary) {
      this.#message(core.takeBinary(), false);
      return undefined;
    }
    this.#handler.attributesChanged();
    switch (event) {
      case EventKind.Open:
        this.#handler.opened(core);
        return undefined;
      case EventKind.Pong:
        this.#handler.pong(core.takePong() ?? new Uint8Array());
        return undefined;
      case EventKind.Error:
        this.#handler.failed(core);
        // In the same task (WHATWG WebSockets 4, "when the WebSocket connection is closed").
        return this.#ref.socket && (() => this.#handler.closed(core));
      case EventKind.Close:
        this.#handler.closed(core);
        return undefined;
      default:
        return undefined;
    }
  }

  /** @param data undefined if the engine can't hold it; an instance that has stopped fails its sockets itself */
  #message(data: string | Uint8Array<ArrayBuffer> | undefined, text: boolean): void {
    try {
      if (data === undefined) this.#ref.socket?.refuseMessage(text);
      else this.#handler.message(data);
    } catch {
      this.#ref.socket?.refuseMessage(text);
    }
  }
}

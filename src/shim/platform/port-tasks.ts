// Tasks in pages and workers: listeners of a message port. The platform runs all microtasks after each of them.
import { Event, EventTarget, MessageChannel, now } from './globals.ts';
import { microtask } from './microtask.ts';
import { isCached, whenShown } from './page-hide.ts';

type Step = () => void;

/**
 * A task, or a step of it. If it returns another step, that runs in the same task, once the microtasks it queued have run; it
 * has then not queued itself again.
 */
export type Task = () => Step | undefined;

/** How long the tasks of one message may take, in milliseconds, so that a page can also draw and handle input. */
const MAX_TIME = 4;

const { addEventListener } = EventTarget.prototype;
const { stopImmediatePropagation } = Event.prototype;

/** A queue of tasks. A message costs much more than a listener of it, so there are several for one message. */
export class PortTasks {
  readonly #limit: number;
  readonly #tasks: Task[] = [];
  #port: MessagePort | undefined;
  /** The rest of the last task. */
  #rest: Step | undefined;
  /** Whether a message is on its way, or has listeners left. */
  #isPosted = false;
  /** Whether microtasks run between two listeners: not on a platform that isn't a browser. */
  #isDry = false;
  /** When the first listener of the message was called. */
  #began = 0;

  /** @param limit how many tasks may run in one turn */
  constructor(limit: number) {
    this.#limit = limit;
  }

  queue(task: Task): void {
    this.#tasks.push(task);
    if (!this.#isPosted) this.#post();
  }

  #post(): void {
    this.#port ??= this.#open();
    const port = this.#port;
    whenShown(() => port.postMessage(null));
    this.#isPosted = true;
  }

  #open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    // One more for the rest of the last task.
    for (let i = 0; i <= this.#limit; i += 1) {
      addEventListener.call(port1, 'message', (event) => this.#listen(event, i));
    }
    port1.start();
    return port2;
  }

  /** Called for a message by its listeners in turn. */
  #listen(event: Event, index: number): void {
    if (index === 0) this.#began = now();
    if (isCached() || (index > 0 && (!this.#isDry || (!this.#rest && this.#isOver(index))))) {
      this.#finish(event);
      return;
    }
    const rest = this.#rest;
    this.#rest = undefined;
    if (index === this.#limit) this.#finish(event);
    if (rest) rest();
    else this.#rest = this.#tasks.shift()?.();
    if (!this.#rest && this.#tasks.length === 0) this.#finish(event);
    else if (!this.#isDry) microtask(() => (this.#isDry = true));
  }

  /** Whether the rest of the listeners must leave the tasks to another message. Reading the clock costs as much as a task. */
  #isOver(index: number): boolean {
    return index === this.#limit || (index % 4 === 0 && now() - this.#began > MAX_TIME);
  }

  /** Ends a message. What is left has another one. */
  #finish(event: Event): void {
    stopImmediatePropagation.call(event);
    this.#isPosted = false;
    if (this.#rest || this.#tasks.length > 0) this.#post();
  }
}

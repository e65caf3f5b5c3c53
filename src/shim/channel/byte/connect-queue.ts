// One connection attempt at a time for each host and port (RFC 6455 4.1, "establish a WebSocket connection", step 2).
import { originalOf } from '../../transports/tls-registry.ts';
import type { Transport } from '../../transports/types.ts';

/** An attempt that can wait for its turn. */
export interface QueuedAttempt {
  /** Called once no earlier attempt is under way. */
  connect(): void;
}

/** The queues of a transport, by host and port. */
type Queues = Map<string, ConnectQueue>;

/** Each transport has queues of its own: an attempt may be made within another one, as that of a relay's carrier is. */
const queuesOf = new WeakMap<Transport, Queues>();

/** The attempt under way to a host and port, and those waiting, in order. */
export class ConnectQueue {
  readonly #queues: Queues;
  readonly #host: string;
  readonly #attempts: QueuedAttempt[] = [];

  private constructor(queues: Queues, host: string) {
    this.#queues = queues;
    this.#host = host;
  }

  /** The queue of the attempts over that transport to the host and port. An attempt must be added to it at once. */
  static of(transport: Transport, host: string): ConnectQueue {
    const original = originalOf(transport);
    let queues = queuesOf.get(original);
    if (!queues) {
      queues = new Map();
      queuesOf.set(original, queues);
    }
    let queue = queues.get(host);
    if (!queue) {
      queue = new ConnectQueue(queues, host);
      queues.set(host, queue);
    }
    return queue;
  }

  /** Adds an attempt, and starts it if no other is under way. */
  enter(attempt: QueuedAttempt): void {
    this.#attempts.push(attempt);
    if (this.#attempts.length === 1) attempt.connect();
  }

  /** Removes an attempt that succeeded or failed, or no longer waits. The next one starts if it was under way. */
  leave(attempt: QueuedAttempt): void {
    const at = this.#attempts.indexOf(attempt);
    if (at < 0) return;
    this.#attempts.splice(at, 1);
    if (this.#attempts.length === 0) this.#queues.delete(this.#host);
    else if (at === 0) this.#attempts[0]?.connect();
  }
}

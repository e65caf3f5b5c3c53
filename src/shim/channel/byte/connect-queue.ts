// How many connection attempts to a host and port are under way (RFC 6455 4.1, "establish a WebSocket connection", step 2).
import { originalOf } from '../../transports/tls-registry.ts';
import type { Transport } from '../../transports/types.ts';

/** An attempt that can wait for its turn. */
export interface QueuedAttempt {
  /** How many attempts to the host may be under way, this one included. */
  readonly maxConnecting: number;
  /** Called once fewer than that are under way, and none that was made earlier waits. */
  connect(): void;
}

/** The attempts to one host and port. Sets, in order: an attempt may leave from anywhere among thousands. */
interface Queue {
  readonly connecting: Set<QueuedAttempt>;
  readonly waiting: Set<QueuedAttempt>;
}

/**
 * The queues by host and port. Each transport has queues of its own: an attempt may be made within another one, as that of a
 * relay's carrier is.
 */
const queues = new WeakMap<Transport, Map<string, Queue>>();

/** Starts an attempt when its turn has come: at once, or later. */
export function enterConnectQueue(transport: Transport, host: string, attempt: QueuedAttempt): void {
  const original = originalOf(transport);
  const byHost = queues.get(original) ?? new Map<string, Queue>();
  queues.set(original, byHost);
  const queue = byHost.get(host) ?? { connecting: new Set(), waiting: new Set() };
  byHost.set(host, queue);
  queue.waiting.add(attempt);
  connectNext(queue);
}

/** Ends an attempt or its wait, once it succeeded or failed. */
export function leaveConnectQueue(transport: Transport, host: string, attempt: QueuedAttempt): void {
  const byHost = queues.get(originalOf(transport));
  const queue = byHost?.get(host);
  if (!queue) return;
  queue.connecting.delete(attempt);
  queue.waiting.delete(attempt);
  connectNext(queue);
  if (queue.connecting.size === 0) byHost?.delete(host);
}

/** Those that wait start in order: none overtakes one that waits for more of the others to end. */
function connectNext({ connecting, waiting }: Queue): void {
  for (const attempt of waiting) {
    if (connecting.size >= attempt.maxConnecting) return;
    waiting.delete(attempt);
    connecting.add(attempt);
    attempt.connect();
  }
}

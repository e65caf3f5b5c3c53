// How many connection attempts to a host and port are under way (RFC 6455 4.1, "establish a WebSocket connection", step 2).
import { originalOf } from '../../transports/tls-registry.ts';
import type { ConnectOptions } from '../connect.ts';

/** An attempt that can wait for its turn. */
export interface QueuedAttempt {
  /** Called once its turn has come. */
  connect(): void;
}

/** The attempts to one host and port, in order. An attempt may leave from anywhere among thousands. */
interface Queue {
  readonly connecting: Set<QueuedAttempt>;
  /** With their `maxConnecting`. */
  readonly waiting: Map<QueuedAttempt, number>;
}

/**
 * The queues by host and port. Each transport has queues of its own: an attempt may be made within another one, as that of a
 * relay's carrier is.
 */
const queues = new WeakMap<ConnectOptions['transport'], Map<string, Queue>>();

/**
 * Starts an attempt once fewer than its `maxConnecting` are under way to the host and port over that transport, and none that
 * was made earlier waits: at once, or later.
 */
export function enterConnectQueue(options: ConnectOptions, host: string, attempt: QueuedAttempt): void {
  const original = originalOf(options.transport);
  const byHost = queues.get(original) ?? new Map<string, Queue>();
  queues.set(original, byHost);
  const queue = byHost.get(host) ?? { connecting: new Set(), waiting: new Map() };
  byHost.set(host, queue);
  queue.waiting.set(attempt, options.maxConnecting);
  connectNext(queue);
}

/** Ends an attempt or its wait, once it succeeded or failed. */
export function leaveConnectQueue({ transport }: ConnectOptions, host: string, attempt: QueuedAttempt): void {
  const byHost = queues.get(originalOf(transport));
  const queue = byHost?.get(host);
  if (!queue) return;
  queue.connecting.delete(attempt);
  queue.waiting.delete(attempt);
  connectNext(queue);
  if (queue.connecting.size === 0) byHost?.delete(host);
}

function connectNext({ connecting, waiting }: Queue): void {
  for (const [attempt, maxConnecting] of waiting) {
    if (connecting.size >= maxConnecting) return;
    waiting.delete(attempt);
    connecting.add(attempt);
    attempt.connect();
  }
}

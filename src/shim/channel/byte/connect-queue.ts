// One connection attempt at a time for each host and port (RFC 6455 4.1, "establish a WebSocket connection", step 2).
import { originalOf } from '../../transports/tls-registry.ts';
import type { Transport } from '../../transports/types.ts';

/** An attempt that can wait for its turn. */
export interface QueuedAttempt {
  /** Called once no earlier attempt is under way. */
  connect(): void;
}

/**
 * The attempts under way and those waiting, in order, by host and port. Each transport has queues of its own: an attempt
 * may be made within another one, as that of a relay's carrier is.
 */
const queues = new WeakMap<Transport, Map<string, QueuedAttempt[]>>();

function queuesOf(transport: Transport): Map<string, QueuedAttempt[]> {
  const original = originalOf(transport);
  const known = queues.get(original) ?? new Map<string, QueuedAttempt[]>();
  queues.set(original, known);
  return known;
}

/** Starts an attempt once no earlier one over that transport is under way to the host and port: at once, or later. */
export function enterConnectQueue(transport: Transport, host: string, attempt: QueuedAttempt): void {
  const byHost = queuesOf(transport);
  const queue = byHost.get(host) ?? [];
  byHost.set(host, queue);
  queue.push(attempt);
  if (queue.length === 1) attempt.connect();
}

/** Ends an attempt or its wait, once it succeeded or failed. */
export function leaveConnectQueue(transport: Transport, host: string, attempt: QueuedAttempt): void {
  const byHost = queuesOf(transport);
  const queue = byHost.get(host) ?? [];
  const at = queue.indexOf(attempt);
  if (at < 0) return;
  queue.splice(at, 1);
  if (queue.length === 0) byHost.delete(host);
  else if (at === 0) queue[0]?.connect();
}

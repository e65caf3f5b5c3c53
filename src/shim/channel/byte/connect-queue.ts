// One connection attempt at a time for each host and port (RFC 6455 4.1, "establish a WebSocket connection", step 2).
import { originalOf } from '../../transports/tls-registry.ts';
import type { Transport } from '../../transports/types.ts';

/**
 * The attempts under way and those waiting, in order, by host and port. Each transport has queues of its own: an attempt
 * may be made within another one, as that of a relay's carrier is.
 */
const queues = new WeakMap<Transport, Map<string, (() => void)[]>>();

/**
 * Calls `start` once no earlier attempt over that transport is under way to the host and port: at once, or later.
 *
 * @returns a function that ends the attempt or its wait, to be called once it succeeded or failed; repeated calls do
 *   nothing
 */
export function enterConnectQueue(transport: Transport, host: string, start: () => void): () => void {
  const original = originalOf(transport);
  const byHost = queues.get(original) ?? new Map<string, (() => void)[]>();
  queues.set(original, byHost);
  const queue = byHost.get(host) ?? [];
  byHost.set(host, queue);
  queue.push(start);
  if (queue.length === 1) start();
  return () => {
    const at = queue.indexOf(start);
    if (at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) byHost.delete(host);
    else if (at === 0) queue[0]?.();
  };
}

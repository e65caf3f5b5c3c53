// WebSockets before the core is there: what `websocket-wasm/web` adds, and no other entry needs.
import { setEarly } from '../channel/connect.ts';
import { setStandIn } from '../wasm/core.ts';
import { checkClose } from './checks.ts';
import { EarlySocket } from './pending-channel.ts';
import { EarlyOptions } from './pending-options.ts';

/**
 * Lets WebSockets be made while the core is loading: they connect, or fail, when `loading` settles.
 *
 * @returns the same promise; nobody needs to handle its rejection
 */
export function standIn(loading: Promise<void>): Promise<void> {
  const waiting = new Set<EarlySocket>();
  let failed: { error: unknown } | undefined;
  setStandIn({ newOptions: () => new EarlyOptions(), checkClose });
  setEarly((args, events) => {
    const socket = new EarlySocket(args, events);
    if (failed) socket.fail(failed.error);
    else waiting.add(socket);
    return socket;
  });
  loading.then(
    () => {
      for (const socket of waiting) socket.connect();
      waiting.clear();
    },
    (error) => {
      failed = { error };
      for (const socket of waiting) socket.fail(error);
      waiting.clear();
    },
  );
  return loading;
}

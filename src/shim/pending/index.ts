// WebSockets before the core is loaded: only `websocket-wasm/web` needs this.
import { setConnectPending } from '../channel/connect.ts';
import { setPendingCore } from '../wasm/core.ts';
import { checkClose } from './checks.ts';
import { PendingChannel } from './pending-channel.ts';

/**
 * Allows WebSockets to be constructed while the core is loading. They connect, or fail, when `loading` settles.
 *
 * @returns the same promise; its rejection needs no handler
 */
export function allowPending(loading: Promise<void>): Promise<void> {
  const waiting = new Set<PendingChannel>();
  let failed: { error: unknown } | undefined;
  setPendingCore({ checkClose });
  setConnectPending((args, events) => {
    const channel = new PendingChannel(args, events);
    if (failed) channel.fail(failed.error);
    else waiting.add(channel);
    return channel;
  });
  loading.then(
    () => {
      for (const channel of waiting) channel.connect();
      waiting.clear();
    },
    (error) => {
      failed = { error };
      for (const channel of waiting) channel.fail(error);
      waiting.clear();
    },
  );
  return loading;
}

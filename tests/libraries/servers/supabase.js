// A server of Supabase's Realtime by its published protocol: Phoenix channels whose joins have a configuration, and broadcasts
// with a frame of their own. Realtime itself isn't an npm package.
import { startPhoenix } from './phoenix.js';
import { binary, KINDS } from './phoenix-messages.js';

export const start = () =>
  startPhoenix({
    parameters: { apikey: 'secret' },
    join: (payload) => {
      const { broadcast, presence, postgres_changes: changes } = payload?.config ?? {};
      return broadcast?.self && broadcast.ack && presence && Array.isArray(changes)
        ? { postgres_changes: [] }
        : undefined;
    },
    handle: ({ topic, event, payload, kind, json }, { send }) => {
      if (kind !== KINDS.userBroadcastPush) return undefined;
      // To the channel, of which the sender is one (`self`), and the acknowledgement that it asked for (`ack`).
      send(binary(KINDS.userBroadcast, [topic, event, ''], payload, [json ? 1 : 0]));
      return {};
    },
  });

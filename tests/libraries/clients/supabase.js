// Supabase's Realtime: broadcasts of text and bytes, and a channel that is joined again after a drop.
import { RealtimeClient } from '@supabase/realtime-js';

export const expected = {
  sent: ['ok', 'ok', 'ok'],
  heard: [{ text: 'zwölf €' }, [0, 255, 128], { text: 'after the drop' }],
  joins: 2,
};

export async function use({ url, WebSocket, drop }) {
  const client = new RealtimeClient(`${url}/socket`, {
    ...(WebSocket && { transport: /** @type {any} */ (WebSocket) }),
    params: { apikey: 'secret' },
    reconnectAfterMs: () => 50,
  });
  const channel = client.channel('room', { config: { broadcast: { self: true, ack: true } } });
  const heard = [];
  let look = () => {};
  const come = (count) =>
    new Promise((resolve) => {
      look = () => heard.length === count && resolve(undefined);
      look();
    });
  channel.on('broadcast', { event: 'shout' }, ({ payload }) => {
    heard.push(payload instanceof ArrayBuffer ? [...new Uint8Array(payload)] : payload);
    look();
  });
  let joins = 0;
  let joined = () => {};
  const join = () =>
    new Promise((resolve) => {
      joined = () => resolve(undefined);
    });
  const send = (payload) => channel.send({ type: 'broadcast', event: 'shout', payload });

  const first = join();
  channel.subscribe((status) => {
    if (status !== 'SUBSCRIBED') return;
    joins += 1;
    joined();
  });
  await first;
  const sent = [await send({ text: 'zwölf €' }), await send(new Uint8Array([0, 255, 128]).buffer)];
  await come(2);
  const back = join();
  await drop();
  await back;
  sent.push(await send({ text: 'after the drop' }));
  await come(3);
  await client.removeAllChannels();
  return { sent, heard, joins };
}

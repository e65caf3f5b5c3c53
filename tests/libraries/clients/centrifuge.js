// Centrifuge: a remote call, a channel, and a subscription that continues after a drop.
import { Centrifuge } from 'centrifuge';

export const expected = { sum: 5, failed: 104, heard: [{ text: 'zwölf €' }, { text: 'after the drop' }], connects: 2 };

export async function use({ url, WebSocket, drop }) {
  const client = new Centrifuge(`${url}/connection/websocket`, {
    ...(WebSocket && { websocket: WebSocket }),
    token: 'secret',
    minReconnectDelay: 20,
    maxReconnectDelay: 100,
  });
  let connects = 0;
  client.on('connected', () => {
    connects += 1;
  });
  client.connect();
  const { data: sum } = await client.rpc('add', [2, 3]);
  const failed = await client.rpc('none', []).catch(({ code }) => code);

  const subscription = client.newSubscription('room');
  const heard = [];
  const next = (type) => new Promise((resolve) => subscription.once(type, resolve));
  subscription.on('publication', ({ data }) => heard.push(data));
  const publish = async (text) => {
    const published = next('publication');
    await subscription.publish({ text });
    await published;
  };
  subscription.subscribe();
  await subscription.ready();
  await publish('zwölf €');
  const lost = next('subscribing');
  await drop();
  await lost;
  await subscription.ready();
  await publish('after the drop');
  client.disconnect();
  return { sum, failed, heard, connects };
}

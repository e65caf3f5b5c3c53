// MQTT.js. In Node it expects the class of `ws`, unless an option selects one with the browser's interface.
import mqtt from 'mqtt';

export const expected = {
  received: [
    ['test/text', 'zwölf'],
    ['test/bytes', [0, 255, 128]],
    ['test/text', 'sent while away'],
  ],
  connects: 2,
};

export async function use({ url, WebSocket, drop }) {
  const client = mqtt.connect(url, {
    forceNativeWebSocket: true,
    ...(WebSocket && { createWebsocket: (url, protocols) => new WebSocket(url, protocols) }),
    // A session that outlives its connection: the broker still knows the subscription.
    clean: false,
    clientId: 'test',
    reconnectPeriod: 100,
  });
  let connects = 0;
  client.on('connect', () => {
    connects += 1;
  });
  const received = [];
  const come = (count) =>
    new Promise((resolve) => {
      client.on('message', (topic, payload) => {
        received.push([topic, topic === 'test/text' ? new TextDecoder().decode(payload) : [...payload]]);
        if (received.length === count) resolve(undefined);
      });
    });
  await client.subscribeAsync('test/#');
  const first = come(2);
  await client.publishAsync('test/text', 'zwölf');
  await client.publishAsync('test/bytes', /** @type {any} */ (new Uint8Array([0, 255, 128])), { qos: 1 });
  await first;
  client.removeAllListeners('message');

  const gone = new Promise((resolve) => client.once('close', () => resolve(undefined)));
  await drop();
  await gone;
  const rest = come(3);
  await client.publishAsync('test/text', 'sent while away', { qos: 1 });
  await rest;
  await client.endAsync();
  return { received, connects };
}

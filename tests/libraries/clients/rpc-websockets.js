// rpc-websockets, JSON-RPC 2.0. In a page its Client uses the global class; elsewhere a function creates the socket, whose
// send() it calls with a callback, as it does that of `ws`.
import { Client, CommonClient } from 'rpc-websockets';

export const expected = { sum: 5, said: ['hello'], failed: -32601, again: 9 };

export async function use({ url, WebSocket, drop }) {
  const options = { reconnect_interval: 50, max_reconnects: 0 };
  const client = WebSocket ? new CommonClient(factory(WebSocket), url, options) : new Client(url, options);
  const next = (type) => new Promise((resolve) => client.once(type, (...given) => resolve(given)));
  client.on('error', () => {});
  await next('open');
  const sum = await client.call('add', [2, 3]);
  const heard = next('said');
  await client.subscribe('said');
  await client.call('say', ['hello']);
  const said = await heard;
  const failed = await client.call('none', []).catch((error) => error.code);
  const back = next('open');
  await drop();
  await back;
  const again = await client.call('add', [4, 5]);
  const closed = next('close');
  client.close();
  await closed;
  return { sum, said, failed, again };
}

/** @param {typeof globalThis.WebSocket} WebSocket */
function factory(WebSocket) {
  class WithCallback extends WebSocket {
    /** @override */
    send(data, _options = {}, callback = () => {}) {
      super.send(data);
      callback();
    }
  }
  return /** @type {any} */ ((url) => new WithCallback(url));
}

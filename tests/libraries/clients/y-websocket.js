// y-websocket: two documents are synchronised over the server, even after a dropped connection. All messages are binary.
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

export const expected = { first: 'from the left', second: 'from the left, and while away' };

export async function use({ url, WebSocket, drop }) {
  const options = { WebSocketPolyfill: WebSocket, disableBc: true, maxBackoffTime: 500 };
  const docs = [new Y.Doc(), new Y.Doc()];
  const providers = docs.map((doc) => new WebsocketProvider(url, 'room', doc, options));
  const [left, right] = docs.map((doc) => doc.getText('text'));
  const reads = (wanted) =>
    new Promise((resolve) => {
      const look = () => `${right}` === wanted && resolve(wanted);
      right.observe(look);
      look();
    });
  const status = (provider, wanted) =>
    new Promise((resolve) => {
      provider.on('status', ({ status }) => status === wanted && resolve(undefined));
    });

  const first = reads(expected.first);
  left.insert(0, 'from the left');
  const seen = await first;
  const gone = Promise.all(providers.map((provider) => status(provider, 'disconnected')));
  await drop();
  await gone;
  const second = reads(expected.second);
  left.insert(left.length, ', and while away');
  const result = { first: seen, second: await second };
  for (const provider of providers) provider.destroy();
  for (const doc of docs) doc.destroy();
  return result;
}

// The test of a class that reconnects.

export const expected = { received: ['one', [1, 2, 3], 'sent while away', [4, 5, 6]], opened: 2 };

/** Sends, is dropped, sends while disconnected, and waits until everything has come back. */
export async function reconnect(ReconnectingWebSocket, { url, WebSocket, drop }) {
  const options = { WebSocket, minReconnectionDelay: 50, maxReconnectionDelay: 500, connectionTimeout: 30_000 };
  const socket = new ReconnectingWebSocket(url, [], options);
  socket.binaryType = 'arraybuffer';
  let opened = 0;
  socket.addEventListener('open', () => {
    opened += 1;
  });
  const received = [];
  const come = (count) =>
    new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        received.push(typeof data === 'string' ? data : [...new Uint8Array(data)]);
        if (received.length === count) resolve(undefined);
      };
    });
  const next = (type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));

  await next('open');
  const first = come(2);
  socket.send('one');
  socket.send(new Uint8Array([1, 2, 3]));
  await first;

  const closed = next('close');
  await drop();
  await closed;
  const rest = come(4);
  socket.send('sent while away');
  socket.send(new Uint8Array([4, 5, 6]));
  await rest;
  socket.close();
  return { received, opened };
}

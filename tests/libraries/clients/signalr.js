// SignalR: invocations, a stream, a call by the server, bytes by MessagePack, and reconnecting. In Node it passes headers in a
// third argument.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';

export const expected = {
  sum: 5,
  said: ['zwölf €'],
  counts: [1, 2, 3],
  failed: true,
  reversed: [128, 255, 0],
  again: 9,
};

export async function use({ url, WebSocket, drop }) {
  const options = {
    transport: HttpTransportType.WebSockets,
    accessTokenFactory: () => 'secret',
    ...(WebSocket && { WebSocket: withHeaders(WebSocket) }),
  };
  const build = (more = (builder) => builder) => {
    const builder = new HubConnectionBuilder().withUrl(`${url.replace('ws', 'http')}/hub`, options);
    return more(builder.configureLogging(LogLevel.None)).build();
  };
  const connection = build((builder) => builder.withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 50 }));
  await connection.start();
  const sum = await connection.invoke('add', 2, 3);
  const heard = new Promise((resolve) => connection.on('said', (...given) => resolve(given)));
  await connection.send('say', 'zwölf €');
  const said = await heard;
  const counts = [];
  await new Promise((resolve, reject) => {
    connection
      .stream('count', 3)
      .subscribe({ next: (n) => counts.push(n), complete: () => resolve(undefined), error: reject });
  });
  const failed = await connection.invoke('fail').then(
    () => false,
    (error) => error.message.includes('as asked'),
  );
  const binary = build((builder) => builder.withHubProtocol(new MessagePackHubProtocol()));
  await binary.start();
  const reversed = [...(await binary.invoke('reverse', new Uint8Array([0, 255, 128])))];
  await binary.stop();

  const back = new Promise((resolve) => connection.onreconnected(resolve));
  await drop();
  await back;
  const again = await connection.invoke('add', 4, 5);
  await connection.stop();
  return { sum, said, counts, failed, reversed, again };
}

/** @param {any} WebSocket */
function withHeaders(WebSocket) {
  return class extends WebSocket {
    constructor(url, protocols, { headers } = /** @type {any} */ ({})) {
      super(url, { protocols, headers });
    }
  };
}

// One WebSocket for each connection: its messages are the bytes.
import { finished } from 'node:stream/promises';
import { createWebSocketStream } from 'ws';
import { hostAndPort } from './targets.js';

/** The close codes of refusals (RFC 6455 7.4.1 and its registry). */
const CODES = { blocked: 1008, throttled: 1013 };

/** The code of a carrier that was lost. */
const ABNORMAL = 1006;

/** How long a target may take nothing of the rest, in milliseconds. */
const LINGER = 5_000;

/**
 * Serves a carrier until it is closed.
 * @param {import('ws').WebSocket} carrier
 * @param {(hostname: string, port: number) => Promise<import('node:net').Socket>} connect
 * @param {string} target `host:port`
 */
export async function serveSingle(carrier, connect, target) {
  // From here on, so that no message is missed; it stops the client while nobody reads.
  const client = createWebSocketStream(carrier);
  client.on('error', () => {});
  // Called behind the last bytes. The one of ws sends no code.
  client._final = (done) => {
    carrier.close(1000);
    done();
  };
  let socket;
  try {
    const { hostname, port } = hostAndPort(target);
    socket = await connect(hostname, port);
  } catch (refusal) {
    // The answer to the Close frame is behind what the client sent.
    client.resume();
    carrier.close(CODES[refusal.kind] ?? 1011, refusal.message);
    return;
  }
  if (carrier.readyState === carrier.CLOSED) socket.destroy();
  carrier.once('close', (code) => {
    // What the client sent before its close is still written, unless the target doesn't take it.
    if (code === ABNORMAL) socket.destroy();
    else socket.setTimeout(LINGER);
  });
  client.pipe(socket).pipe(client, { end: false });
  try {
    await finished(socket, { writable: false });
    // A client that reads slowly still has to take what waits for it.
    client.end();
  } catch {
    carrier.close(1011, 'the target ended with an error');
  }
}

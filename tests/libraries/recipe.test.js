// README's recipe for reconnecting, unchanged except for the server's address.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startEcho } from '../../scripts/servers.js';
import { next as nextEvent } from '../support/events.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test("README's recipe reconnects, and sends its header each time", { timeout: 60_000 }, async (context) => {
  const { url, sockets, close } = await startEcho();
  context.after(close);

  const first = once(sockets, 'connection');
  const { socket } = await import(`data:text/javascript,${encodeURIComponent(recipe(url))}`);
  const [peer, { headers }] = await first;
  assert.equal(headers.authorization, 'Bearer secret');

  const second = once(sockets, 'connection');
  const closed = nextEvent(socket, 'close');
  peer.terminate();
  await closed;
  socket.send('sent while away');
  const [next, request] = await second;
  assert.equal(request.headers.authorization, 'Bearer secret');
  const [data] = await once(next, 'message');
  assert.equal(`${data}`, 'sent while away');
  socket.close();
  await once(next, 'close');
});

test("README's subclass takes the headers that SignalR passes", { timeout: 60_000 }, async (context) => {
  const { url, sockets, close } = await startEcho();
  context.after(close);
  const [, code] = /```js\n(class TakesHeaders [\s\S]*?)```/.exec(readme) ?? [];
  const from = `import { WebSocket } from '${import.meta.resolve('websocket-wasm')}';`;
  const text = `${from}\n${code}\nexport { TakesHeaders };`;
  const { TakesHeaders } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

  const opened = once(sockets, 'connection');
  const socket = new TakesHeaders(url, undefined, { headers: { Authorization: 'Bearer secret' } });
  const [, { headers }] = await opened;
  assert.equal(headers.authorization, 'Bearer secret');
  assert.equal(headers['sec-websocket-protocol'], undefined);
  await nextEvent(socket, 'open');
  const without = new TakesHeaders(url);
  await nextEvent(without, 'open');
  for (const each of [socket, without]) {
    each.close();
    await nextEvent(each, 'close');
  }
});

/** The recipe as a module's source; one that comes from a `data:` URL can't name packages. */
function recipe(url) {
  const [, code] = /```js\n(import \{ WebSocket as ReconnectingWebSocket \}[\s\S]*?)```/.exec(readme) ?? [];
  assert.ok(code?.includes("'ws://echo.example/'"));
  const named = code.replace(/from '(.*)'/g, (_, name) => `from '${import.meta.resolve(name)}'`);
  return `${named.replace('ws://echo.example/', url)}\nexport { socket };`;
}

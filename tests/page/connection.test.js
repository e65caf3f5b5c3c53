// `connectionOf()` in pages: events, counters and the end at once, over a relay and over the browser's own class.
import assert from 'node:assert/strict';
import { collectErrors } from '../support/browsers/puppeteer.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

const servers = pagesWithEcho(() => [], { perMessageDeflate: true });

testInBrowsers(['chromium', 'firefox'], 'events, counters and sends over a relay', async (page) => {
  const { pages, relay, server } = servers;
  server.sockets.once('connection', (peer) => peer.ping('from the server'));
  const errors = collectErrors(page);
  await page.goto(pages.url);
  const seen = await page.evaluate(
    async (echoUrl, relayUrl) => {
      const path = '/dist/browser.js';
      const { WebSocket, connectionOf, wisp, tls } = await import(path);
      const transport = wisp(relayUrl);
      const socket = new WebSocket(echoUrl, { transport });
      const connection = connectionOf(socket);
      const events = [];
      const text = (bytes) => new TextDecoder().decode(bytes);
      for (const type of ['ping', 'pong']) {
        connection.addEventListener(type, (event) => events.push(`${event.type} ${text(event.payload)}`));
      }
      const frames = [];
      connection.addEventListener('frame', ({ frame }) => frames.push([frame.sent, frame.opcode, frame.compressed]));
      const reported = new Promise((resolve) => {
        globalThis.addEventListener('error', (event) => {
          event.preventDefault();
          resolve(event.error.message);
        });
      });
      // By a script of the page's own: Chromium doesn't report what a function of its debugger throws.
      const script = document.createElement('script');
      script.textContent = "globalThis.fails = () => { throw new Error('from a listener'); };";
      document.head.append(script);
      connection.addEventListener('frame', /** @type {any} */ (globalThis).fails, { once: true });
      const next = (type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
      await next('open');
      const long = 'long '.repeat(1000);
      for (const compress of [true, false]) {
        connection.send(long, { compress });
        events.push((await next('message')).data.length);
      }
      const milliseconds = await connection.ping(new Uint8Array([65]).buffer);
      const before = connection.statistics;
      socket.close();
      await next('close');
      const { sent, received, roundTripTime } = connection.statistics;
      // It never connects.
      const other = connectionOf(new WebSocket(echoUrl, { transport: tls(transport) }));
      other.terminate();
      return {
        events,
        frames,
        error: await reported,
        names: [connection.transport, other.transport],
        counts: [before.sent.messages, before.sent.payloadBytes, sent.frames, received.messages, received.frames],
        isSmaller: sent.compressionRatio > 1 && received.compressionRatio > 1,
        isMeasured: roundTripTime === milliseconds,
        compression: connection.compression,
      };
    },
    server.url,
    relay.url,
  );
  assert.equal(seen.events[0], 'ping from the server');
  assert.deepEqual(seen.events.slice(1), [5000, 5000, 'pong A']);
  const sent = seen.frames.filter(([isSent]) => isSent).map(([, opcode, compressed]) => [opcode, compressed]);
  assert.deepEqual(sent.sort(), [
    [1, false],
    [1, true],
    [10, false],
    [8, false],
    [9, false],
  ]);
  assert.equal(seen.error, 'from a listener');
  assert.deepEqual(seen.names, ['wisp', 'wisp']);
  assert.deepEqual(seen.counts, [2, 10_000, 5, 2, 5]);
  assert.deepEqual([seen.isSmaller, seen.isMeasured], [true, true]);
  assert.deepEqual(seen.compression, {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  });
  assert.deepEqual(
    errors.filter((error) => !/from a listener|failed: the connection was terminated/.test(error)),
    [],
  );
});

testInBrowsers(['chromium', 'firefox'], 'terminate() over a relay, and over native', async (page) => {
  const { pages, relay, server } = servers;
  const dropped = new Promise((resolve) => {
    server.sockets.once('connection', (peer) => peer.once('close', resolve));
  });
  await page.goto(pages.url);
  const seen = await page.evaluate(
    async (echoUrl, relayUrl) => {
      const path = '/dist/browser.js';
      const { WebSocket, connectionOf, native, wisp } = await import(path);
      const socket = new WebSocket(echoUrl, { transport: wisp(relayUrl) });
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      const events = [];
      const closed = new Promise((resolve) => {
        socket.addEventListener('error', () => events.push('error'));
        socket.addEventListener('close', ({ code, wasClean }) => resolve([...events, code, wasClean]));
      });
      connectionOf(socket).terminate();
      const outcome = [socket.readyState, ...(await closed), connectionOf(socket).failure.code];

      const own = new WebSocket(echoUrl, { transport: native });
      const connection = connectionOf(own);
      const name = (call) => {
        try {
          return call() ?? 'nothing';
        } catch (error) {
          return error.name;
        }
      };
      const calls = [
        () => connection.terminate(),
        () => connection.addEventListener('frame', () => {}),
        () => connection.addEventListener('ping', () => {}),
        () => connection.trace(null),
        () => connection.transport,
        () => connection.statistics,
        () => connection.compression,
        () => connection.send('too early'),
      ];
      const overNative = calls.map(name);
      await new Promise((resolve) => own.addEventListener('open', resolve));
      overNative.push(name(() => connection.send('x', { compress: false })));
      connection.send('as the own send()', {});
      const { data } = await new Promise((resolve) => own.addEventListener('message', resolve));
      own.close();
      return { outcome, overNative, data };
    },
    server.url,
    relay.url,
  );
  await dropped;
  assert.deepEqual(seen.outcome, [2, 'error', 1006, false, 'terminated']);
  const unsupported = Array(4).fill('NotSupportedError');
  const due = [...unsupported, 'native', 'nothing', 'nothing', 'InvalidStateError', 'NotSupportedError'];
  assert.deepEqual(seen.overNative, due);
  assert.equal(seen.data, 'as the own send()');
});

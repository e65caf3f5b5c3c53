// The option `keepAlive` in pages and workers: which events of the platform lead to a ping at once.
import assert from 'node:assert/strict';
import { testInBrowsers } from '../support/browsers/tests.js';
import { pagesWithEcho } from '../support/page-servers.js';

/**
 * Runs in the page or a worker: dispatches each event, and waits for the ping that follows and its answer. Then the server
 * goes silent, and the last event leads to the end of the connection.
 */
async function probe({ relay, url, types }) {
  const { WebSocket, connectionOf, wisp } = await import(new URL('/dist/browser.js', self.origin).href);
  let deaf = false;
  // A link whose server can be silenced.
  const transport = async (target) => {
    const link = await wisp(relay)(target);
    return {
      ...['write', 'pause', 'resume', 'end', 'destroy'].reduce(
        (methods, name) => Object.assign(methods, { [name]: (...args) => link[name](...args) }),
        {},
      ),
      open: (sink) =>
        link.open({
          data: (chunk) => void (deaf || sink.data(chunk)),
          end: () => sink.end(),
          fail: (error) => sink.fail(error),
        }),
    };
  };
  const socket = new WebSocket(url, { transport, keepAlive: { interval: 3_600_000, timeout: 500 } });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = () => reject(new Error('closed'));
  });
  const frames = [];
  let seen = () => {};
  connectionOf(socket).trace(({ sent, opcode }) => {
    frames.push(`${sent ? 'sent' : 'received'} ${opcode}`);
    seen();
  });
  const dispatch = (type) => (type === 'visibilitychange' ? document : self).dispatchEvent(new Event(type));
  for (const type of types) {
    const pong = new Promise((resolve) => {
      seen = () => frames.at(-1) === 'received 10' && resolve(undefined);
    });
    dispatch(type);
    await pong;
  }
  deaf = true;
  const closed = new Promise((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  // At once, as a page is shown again: one ping is enough.
  for (const type of types) dispatch(type);
  return { frames: frames.slice(0, 2 * types.length), code: await closed, failure: connectionOf(socket).failure?.code };
}

const WORKER = `onmessage = ({ data }) => (${probe})(data).catch(String).then(postMessage);`;

const servers = pagesWithEcho(() => [{}, { '/worker.js': WORKER }]);

const expected = (types) => ({
  frames: types.flatMap(() => ['sent 9', 'received 10']),
  code: 1006,
  failure: 'keep-alive-timeout',
});

testInBrowsers(
  ['chromium', 'firefox'],
  'a ping is sent at once when the page is back, or the network',
  async (page) => {
    await page.goto(servers.pages.url);
    const args = { relay: servers.relay.url, url: servers.server.url };
    const types = ['online', 'pageshow', 'visibilitychange'];
    assert.deepEqual(await page.evaluate(probe, { ...args, types }), expected(types));
    const inWorker = await page.evaluate(
      (args) =>
        new Promise((resolve) => {
          const worker = new Worker('/worker.js');
          worker.onmessage = ({ data }) => resolve(data);
          worker.postMessage(args);
        }),
      { ...args, types: ['online'] },
    );
    assert.deepEqual(inWorker, expected(['online']));
  },
);

/** Runs in the page: a hidden page isn't back. */
async function probeHidden({ relay, url }) {
  const { WebSocket, connectionOf, wisp } = await import(new URL('/dist/browser.js', self.origin).href);
  const socket = new WebSocket(url, { transport: wisp(relay), keepAlive: { interval: 3_600_000 } });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const pings = [];
  connectionOf(socket).trace(({ sent, opcode }) => void (sent && opcode === 9 && pings.push(document.hidden)));
  let hidden = true;
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
  await connectionOf(socket).ping();
  const whileHidden = pings.length - 1;
  hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  await connectionOf(socket).ping();
  socket.close();
  return { whileHidden, shown: pings.length - 2 - whileHidden };
}

testInBrowsers(['chromium', 'firefox'], 'no ping is sent when the page is hidden', async (page) => {
  await page.goto(servers.pages.url);
  const args = { relay: servers.relay.url, url: servers.server.url };
  assert.deepEqual(await page.evaluate(probeHidden, args), { whileHidden: 0, shown: 1 });
});

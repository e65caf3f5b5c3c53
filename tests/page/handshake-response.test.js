// The handshake's response in a page: over a relay it is there, over native it isn't, and the failure says that.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startRelay } from '../../scripts/servers.js';
import { testInBrowsers } from '../support/browsers/tests.js';
import { servePages } from '../support/pages.js';
import { acceptance, startRaw } from '../support/servers/raw.js';

const BODY = '{"error":"token expired"}';

let server;
let relay;
let pages;
before(async () => {
  server = await startRaw((socket, request) => {
    if (request.startsWith('GET /accepted ')) {
      socket.write(acceptance(request, 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Trace: 1'));
    } else if (request.startsWith('GET /redirected ')) {
      socket.end('HTTP/1.1 302 Found\r\nLocation: https://user:secret@login.example/?secret\r\n\r\n');
    } else if (request.startsWith('GET /refused ')) {
      const lines = ['HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Bearer', 'Transfer-Encoding: chunked'];
      socket.write(`${lines.join('\r\n')}\r\n\r\n${BODY.length.toString(16)};a=b\r\n`);
      setTimeout(() => socket.write(`${BODY}\r\n0\r\n\r\n`), 20);
    }
  });
  relay = await startRelay({ targets: [server.port] });
  pages = await servePages();
});
after(async () => {
  for (const running of [pages, relay, server]) await running?.close();
});

/** Runs in the page: how connections to these URLs end, and the response to each. */
async function stories({ urls, relayUrl, entry = 'browser' }) {
  const load = (path) => import(/** @type {any} */ (path));
  const { connectionOf, native, WebSocket, wisp } = await load(`/dist/${entry}.js`);
  const story = async (url) => {
    const socket = new WebSocket(url, { transport: relayUrl ? wisp(relayUrl) : native });
    const failures = [];
    if (url.endsWith('/silent')) socket.close();
    socket.onopen = () => socket.close();
    socket.onerror = () => failures.push(connectionOf(socket).failure);
    const { code } = await new Promise((resolve) => {
      socket.onclose = resolve;
    });
    const { failure, response } = connectionOf(socket);
    if (failures.length > 0 && failures[0] !== failure) throw new Error('another failure');
    const headers = response && {
      cookies: response.headers.getSetCookie(),
      trace: response.headers.get('x-trace'),
      challenge: response.headers.get('www-authenticate'),
      isReal: response.headers instanceof Headers,
    };
    return {
      code,
      failure: failure?.code,
      status: failure?.status,
      message: failure?.message,
      response: response && [response.status, response.reason, response.text(), response.bodyTruncated],
      headers,
    };
  };
  return Promise.all(urls.map(story));
}

testInBrowsers(['chromium', 'firefox'], 'over a relay a page reads why the server refused', async (page) => {
  await page.goto(pages.url);
  const urls = ['accepted', 'refused', 'redirected'].map((path) => `${server.url}${path}`);
  const [accepted, refused, redirected] = await page.evaluate(stories, { urls, relayUrl: relay.url });
  assert.deepEqual(accepted.response, [101, 'Switching Protocols', '', false]);
  const cookies = ['a=1', 'b=2'];
  assert.deepEqual(accepted.headers, { cookies, trace: '1', challenge: null, isReal: true });
  assert.deepEqual(refused.response, [401, 'Unauthorized', BODY, false]);
  assert.equal(refused.headers.challenge, 'Bearer');
  assert.deepEqual([refused.code, refused.failure, refused.status], [1006, 'handshake-status', 401]);
  assert.match(redirected.message, /code: 302, a redirect to 'https:\/\/…@login\.example\/', which isn't followed$/);
});

testInBrowsers(['chromium', 'firefox'], 'over native there is a failure after 1006, and no response', async (page) => {
  await page.goto(pages.url);
  const urls = ['refused', 'silent'].map((path) => `${server.url}${path}`);
  // With `web`, the first socket is made before the core is loaded.
  for (const entry of ['web', 'browser']) {
    const [refused, aborted] = await page.evaluate(stories, { urls, relayUrl: undefined, entry });
    assert.deepEqual([refused.code, refused.failure, refused.response], [1006, 'not-reported', undefined]);
    assert.match(refused.message, /the browser doesn't report why/);
    assert.deepEqual([aborted.code, aborted.failure, aborted.response], [1006, 'aborted', undefined]);
  }
});

// The response to the opening handshake as data: `connectionOf(socket).response`, against servers that write any bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf, tcp, tls, WebSocket } from 'websocket-wasm';
import { WebSocketError, WebSocketStream } from 'websocket-wasm/stream';
import { moduleArgs, runNode } from '../support/process.js';
import { acceptance, startAccepting, startRaw, startRawTls } from '../support/servers/raw.js';
import { FAILED, next, open, pause, shut, story, until } from './support/sockets.js';

const CRLF = '\r\n';
const LIMIT = 65_536;

/** A response, from its status line and headers, and what follows. */
const http = (lines, ...rest) =>
  Buffer.concat([Buffer.from([...lines, '', ''].join(CRLF), 'latin1'), ...rest.map((part) => Buffer.from(part))]);

/** Sends bytes, and ends the connection. */
const sends = (bytes) => (socket) => socket.end(bytes);

/**
 * The response, and the failure, of a connection to a server that answers so.
 * @param {import('../support/servers/raw.js').Answer} answer
 * @param {import('websocket-wasm').WebSocketInit} [options]
 * @returns {Promise<any>}
 */
async function refusedBy(answer, options = undefined) {
  const server = await startRaw(answer);
  try {
    const socket = new WebSocket(server.url, options);
    assert.equal(connectionOf(socket).response, undefined);
    const events = [];
    let early;
    socket.onopen = socket.onerror = ({ type }) => {
      events.push(type);
      early = connectionOf(socket).response;
    };
    const { code } = await next(socket, 'close');
    assert.deepEqual([events, code], [['error'], 1006]);
    const { response, failure } = connectionOf(socket);
    assert.equal(response, early, 'one object, which is there when error is dispatched');
    return { response, failure };
  } finally {
    await server.close();
  }
}

test('a refusal has its status, reason, headers and body', async () => {
  const body = '{"error":"token expired","name":"Zoë"}';
  const lines = ['HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Bearer realm="x"', 'Content-Type: application/json'];
  const bytes = http([...lines, `Content-Length: ${Buffer.byteLength(body)}`], body);
  // The server doesn't end the connection: the body has a length.
  const { response, failure } = await refusedBy((socket) => socket.write(bytes));
  assert.deepEqual([response.status, response.reason], [401, 'Unauthorized']);
  assert.ok(response.headers instanceof Headers);
  assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="x"');
  assert.ok(response.body instanceof Uint8Array && response.body.buffer instanceof ArrayBuffer);
  assert.equal(Buffer.from(response.body).toString(), body);
  assert.equal(response.body.buffer.byteLength, response.body.byteLength);
  assert.equal(response.bodyTruncated, false);
  assert.equal(response.text(), body);
  assert.deepEqual(response.json(), { error: 'token expired', name: 'Zoë' });
  assert.deepEqual([failure.code, failure.status], ['handshake-status', 401]);
  assert.equal(failure.headers, response.headers);
  assert.deepEqual(Object.keys(failure).sort(), ['code', 'status'], 'a log of it has no headers');
});

test('status 429 has its Retry-After', async () => {
  const bytes = http(['HTTP/1.1 429 Too Many Requests', 'Retry-After: 120', 'Content-Length: 0']);
  const { response, failure } = await refusedBy((socket) => socket.write(bytes));
  assert.equal(response.headers.get('retry-after'), '120');
  assert.equal(failure.headers.get('retry-after'), '120');
  assert.deepEqual([response.body.length, response.text(), response.bodyTruncated], [0, '', false]);
  assert.throws(() => response.json(), SyntaxError);
});

test('a redirect is not followed, and the failure names its target without what may be secret', async () => {
  for (const [location, named] of [
    ['https://login.example/start', 'https://login.example/start'],
    ['/login', '/login'],
    ['https://user:secret@login.example/start?token=secret#secret', 'https://…@login.example/start'],
    ['https:\t//user:secret@login.example/', 'https://…@login.example/'],
    ['https:user:secret@login.example', '…@login.example'],
    ['https:/\\user:se@cret@login.example\\x', 'https:/\\…@login.example\\x'],
    ['//user@login.example/@name', '//…@login.example/@name'],
    ['#secret', ''],
    ['a\x85b\xe9 c', 'abc'],
    [`//${'secret'.repeat(100)}@login.example/${'x'.repeat(300)}`, `//…@login.example/${'x'.repeat(182)}…`],
  ]) {
    const bytes = http(['HTTP/1.1 302 Found', `Location: ${location}`, 'Content-Length: 0']);
    const { response, failure } = await refusedBy((socket) => socket.write(bytes));
    assert.equal(response.headers.get('location'), location);
    assert.equal(failure.status, 302);
    const ending = ` code: 302, a redirect to '${named}', which isn't followed`;
    assert.ok(failure.message.endsWith(ending), failure.message);
    assert.doesNotMatch(failure.message, /secret/);
  }
  const created = http(['HTTP/1.1 201 Created', 'Location: /x', 'Content-Length: 0']);
  const { failure } = await refusedBy((socket) => socket.write(created));
  assert.match(failure.message, /code: 201$/);
});

test('the response that accepts a connection is there, too, during and after it', async () => {
  const headers = ['Set-Cookie: a=1; Path=/', 'set-cookie: b=2', 'X-Trace: 1', 'x-trace: 2', 'Empty:'];
  const server = await startAccepting(() => {}, ...headers);
  const socket = await open(server.url, { closeTimeout: 50 });
  const { response, failure } = connectionOf(socket);
  assert.deepEqual([response.status, response.reason], [101, 'Switching Protocols']);
  assert.deepEqual(response.headers.getSetCookie(), ['a=1; Path=/', 'b=2']);
  assert.deepEqual([response.headers.get('x-trace'), response.headers.get('empty')], ['1, 2', '']);
  assert.deepEqual([response.body, response.bodyTruncated, response.text()], [undefined, false, '']);
  assert.equal(failure, undefined);
  await shut(socket);
  assert.equal(connectionOf(socket).response, response);
  assert.equal(connectionOf(socket).failure.status, undefined, 'the handshake is no part of a later failure');
  // A program may ask for the first time when the socket is closed.
  const other = await open(server.url, { closeTimeout: 50 });
  await shut(other);
  assert.equal(connectionOf(other).response.headers.get('x-trace'), '1, 2');
  await server.close();
});

test('an invalid response is there, too', async () => {
  const { response, failure } = await refusedBy((socket, request) =>
    socket.write(acceptance(request.replace(/key: .*/i, 'Key: dGhlIHNhbXBsZSBub25jZQ=='), 'X-Served-By: proxy')),
  );
  assert.deepEqual([response.status, response.body], [101, undefined]);
  assert.deepEqual([failure.code, failure.status], ['handshake-header', 101]);
  assert.equal(failure.headers.get('x-served-by'), 'proxy');
});

test('without a response there is none', async () => {
  const { response, failure } = await refusedBy((socket) => socket.end('HTTP/1.1 401 Un'));
  assert.deepEqual([response, failure.code, failure.status], [undefined, 'handshake-incomplete', undefined]);
  assert.ok(!('headers' in failure));
});

test('where there is no class Headers, as in jsdom, there is no response, and the failure has a code', async () => {
  const server = await startRaw((socket) => socket.end(http(['HTTP/1.1 403 Forbidden', 'Content-Length: 0'])));
  const script = `
    delete globalThis.Headers;
    const { connectionOf, WebSocket } = await import('websocket-wasm');
    const socket = new WebSocket('${server.url}');
    socket.onclose = () => {
      const { failure, response } = connectionOf(socket);
      console.log(failure.code, response);
    };`;
  const { status, output } = await runNode(moduleArgs(script), import.meta.dirname);
  assert.deepEqual([status, output.trim()], [0, 'handshake-status undefined']);
  await server.close();
});

test('bytes of headers are characters, as in Fetch', async () => {
  const lines = ['HTTP/1.1 403 Zo\xeb', 'X-Name: Zo\xeb \x80', 'Content-Length: 0'];
  const { response } = await refusedBy((socket) => socket.write(http(lines)));
  assert.deepEqual([response.reason, response.headers.get('x-name')], ['Zo\xeb', 'Zo\xeb \x80']);
});

test('a line fold in a header is white space', async () => {
  const lines = ['HTTP/1.1 403 No', 'X-Folded: a ', ' b', '\tc', 'Content-Length: 0'];
  const { response } = await refusedBy((socket) => socket.write(http(lines)));
  assert.match(response.headers.get('x-folded'), /^a +b +c$/);
  assert.equal(response.headers.get('content-length'), '0');
});

test('headers of any length are read in a time that grows with the length only', async (t) => {
  // Of a megabyte: reading the rest again from each character would take hours, and the process would be killed.
  const long = 1 << 20;
  const server = await startRaw((socket) =>
    socket.end(http(['HTTP/1.1 302 Found', `X: a${' '.repeat(long)}b`, `Location: ${'a'.repeat(long)}`])),
  );
  t.after(() => server.close());
  const script = `
    import { connectionOf, WebSocket } from 'websocket-wasm';
    const socket = new WebSocket('${server.url}', { maxHeaderSize: ${3 * long} });
    socket.onclose = () => {
      const { failure, response } = connectionOf(socket);
      console.log(failure.status, response.headers.get('x').length, failure.message.includes('aaa…'));
    };`;
  const { status, output } = await runNode(moduleArgs(script), import.meta.dirname);
  assert.deepEqual([status, output.trim()], [0, `302 ${long + 2} true`]);
});

const STATUS = 'HTTP/1.1 503 Busy';
const LENGTH = [STATUS, 'Content-Length: 4'];
const CHUNKED = [STATUS, 'Transfer-Encoding: chunked'];
/** @type {Record<string, [bytes: Buffer, body: string, truncated: boolean]>} */
const bodies = {
  'up to the end of the connection': [http([STATUS], 'body'), 'body', false],
  'of a length': [http(LENGTH, 'body and more'), 'body', false],
  'shorter than its length': [http(LENGTH, 'bod'), 'bod', true],
  'with a length that is none': [http([STATUS, 'Content-Length: four'], 'body'), '', true],
  'with two lengths': [http([...LENGTH, 'Content-Length: 5'], 'body'), '', true],
  'in chunks, with an extension and a trailer': [
    http(CHUNKED, '2;a="b"\r\nbo\r\n02\r\ndy\r\n0\r\nA: b\r\n\r\n'),
    'body',
    false,
  ],
  'in chunks, and with a length': [http([...CHUNKED, 'Content-Length: 1'], '4\r\nbody\r\n0\r\n\r\n'), 'body', false],
  'in chunks, of which the last is missing': [http(CHUNKED, '4\r\nbody\r\n'), 'body', true],
  'in chunks, cut off within one': [http(CHUNKED, '5\r\nbody'), 'body', true],
  'in chunks, one longer than it says': [http(CHUNKED, '4\r\nbody too long\r\n0\r\n\r\n'), 'body', true],
  'in chunks, one with a size that is none': [http(CHUNKED, '4\r\nbody\r\nxyz\r\n'), 'body', true],
  'in chunks, one with a size beyond all': [http(CHUNKED, '4\r\nbody\r\n11111111111111111\r\n'), 'body', true],
  'of status 204': [http(['HTTP/1.1 204 No Content', 'Content-Length: 4'], 'body'), '', false],
  'of status 304': [http(['HTTP/1.1 304 Not Modified', 'Transfer-Encoding: chunked'], '4\r\nbody'), '', false],
};
for (const [name, [bytes, body, truncated]] of Object.entries(bodies)) {
  test(`a body ${name}`, async () => {
    const { response, failure } = await refusedBy(sends(bytes));
    assert.deepEqual([response.text(), response.bodyTruncated], [body, truncated]);
    assert.equal(failure.code, 'handshake-status');
  });
}

test('error and close wait for a slow body', async () => {
  const sent = [];
  const { response } = await refusedBy((socket) => {
    socket.write(http(LENGTH));
    const timer = setInterval(() => {
      sent.push('x');
      socket.write('x');
      if (sent.length === 4) clearInterval(timer);
    }, 20);
    socket.on('close', () => clearInterval(timer));
  });
  assert.equal(response.text(), 'xxxx');
  assert.equal(sent.length, 4);
});

test('a body that does not come is awaited until handshakeTimeout, and what came is there', async () => {
  const { response, failure } = await refusedBy((socket) => socket.write(http(CHUNKED, '3\r\nbod')), {
    handshakeTimeout: 200,
  });
  assert.deepEqual([response.text(), response.bodyTruncated, failure.code], ['bod', true, 'handshake-status']);
});

for (const [name, lines, part] of /** @type {const} */ ([
  ['up to the end', [STATUS], 'x'.repeat(1000)],
  ['in chunks', CHUNKED, `3e8\r\n${'x'.repeat(1000)}\r\n`],
])) {
  test(`an endless body ${name} is cut off at 64 KiB, and the connection dropped`, async () => {
    let closed = false;
    const { response } = await refusedBy((socket) => {
      socket.write(http(lines));
      const write = () => {
        while (socket.writable && socket.write(part));
      };
      socket.on('drain', write).on('close', () => {
        closed = true;
      });
      write();
    });
    assert.deepEqual([response.body.length, response.bodyTruncated], [LIMIT, true]);
    await until(() => closed);
  });
}

test('an endless chunk extension or trailer ends the body', async () => {
  for (const start of ['2\r\nok\r\n2;', '2\r\nok\r\n0\r\n']) {
    const { response } = await refusedBy((socket) => socket.write(http(CHUNKED, start, 'x'.repeat(100_000))));
    assert.deepEqual([response.text(), response.bodyTruncated], ['ok', true]);
  }
});

test('maxErrorBody limits the body; with 0 nothing waits for it', async () => {
  const body = 'x'.repeat(1000);
  const never = (socket) => socket.write(http([STATUS], body));
  assert.equal((await refusedBy(never, { maxErrorBody: 999 })).response.text(), body.slice(1));
  const { response } = await refusedBy((socket) => socket.write(http([STATUS])), { maxErrorBody: 0 });
  assert.deepEqual([response.body.length, response.bodyTruncated], [0, true]);
  const large = 'x'.repeat(100_000);
  const all = await refusedBy(sends(http([STATUS], large)), { maxErrorBody: Number.POSITIVE_INFINITY });
  assert.deepEqual([all.response.text() === large, all.response.bodyTruncated], [true, false]);
  for (const value of [-1, Number.NaN, 'x']) {
    assert.throws(() => new WebSocket('ws://127.0.0.1:9/', { maxErrorBody: /** @type {number} */ (value) }), {
      name: 'TypeError',
      message: /'maxErrorBody' must be a number of at least 0/,
    });
  }
});

test('close() and a signal end the wait for the body at once', async () => {
  for (const how of ['close', 'signal']) {
    const controller = new AbortController();
    /** Delivers the beginning of a refusal. */
    let deliver;
    const link = {
      open: (sink) => {
        deliver = () => sink.data(http(CHUNKED, '3\r\nbod'));
      },
      write: (_, flushed) => flushed(),
      pause: () => {},
      resume: () => {},
      end: () => {},
      destroy: () => {},
    };
    const { signal } = controller;
    const socket = new WebSocket('ws://server.example/', { transport: () => link, signal, closeTimeout: 60_000 });
    await until(() => deliver);
    deliver();
    await pause();
    assert.equal(socket.readyState, WebSocket.CONNECTING);
    if (how === 'close') socket.close();
    else controller.abort();
    assert.equal(socket.readyState, WebSocket.CLOSING);
    assert.equal((await next(socket, 'close')).code, 1006);
    const { failure, response } = connectionOf(socket);
    assert.deepEqual([failure.code, failure.status], ['aborted', 503]);
    assert.deepEqual([response.status, response.text(), response.bodyTruncated], [503, 'bod', true]);
  }
});

test('a connection that breaks within the body leaves what came, and the refusal', async () => {
  const { response, failure } = await refusedBy((socket) => {
    socket.write(http(LENGTH, 'bod'), () => setTimeout(() => socket.resetAndDestroy(), 20));
  });
  assert.deepEqual([response.text(), response.bodyTruncated, failure.code], ['bod', true, 'handshake-status']);
});

test('over TLS that ends without a closure alert, a body up to the end may be only the beginning', async () => {
  const server = await startRawTls((socket) =>
    socket.write(http([STATUS], 'body'), () => setTimeout(() => socket.destroy(), 20)),
  );
  const ca = await import('node:fs').then(({ readFileSync }) =>
    readFileSync(new URL('../support/servers/tls/ca.crt', import.meta.url)),
  );
  const { failure, ...rest } = await story(server.url, { transport: tls(tcp, { ca }) });
  assert.deepEqual(rest, FAILED);
  assert.deepEqual([failure.code, failure.status], ['handshake-status', 503]);
  await server.close();
});

test('a WebSocketError has the failure as its cause', async () => {
  const server = await startRaw((socket) => socket.end(http([STATUS, 'Retry-After: 5'], 'body')));
  const stream = new WebSocketStream(server.url);
  for (const promise of [stream.opened, stream.closed]) {
    /** @type {any} */
    const error = await promise.then(
      () => assert.fail('it was fulfilled'),
      (reason) => reason,
    );
    assert.ok(error instanceof WebSocketError);
    const cause = /** @type {any} */ (error.cause);
    const { code, status, headers } = cause;
    assert.deepEqual([code, status, headers.get('retry-after')], ['handshake-status', 503, '5']);
    assert.equal(cause.message, error.message);
    assert.ok(!Object.keys(error).includes('cause'));
  }
  await server.close();
  assert.ok(!('cause' in new WebSocketError('mine')) || new WebSocketError('mine').cause === undefined);
});

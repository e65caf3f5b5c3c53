// `websocket-wasm/har`: connections recorded as HAR, and the messages of a HAR.
import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket, wisp } from 'websocket-wasm';
import { harOf, messagesOf, recordOf } from 'websocket-wasm/har';
import manifest from 'websocket-wasm/package.json' with { type: 'json' };
import { startEcho, startRelay } from '../../scripts/servers.js';
import { acceptance, against, startRaw } from '../support/servers/raw.js';
import { startTls } from '../support/tls/server.js';
import { echoed, next, shut, until } from './support/sockets.js';
import { ca, certificate, identity } from './support/tls.js';

let echo;
before(async () => {
  echo = await startEcho();
});
after(() => echo.close());

/** A socket, recorded from the start, and open. */
async function recorded(url, options, limits) {
  const socket = new WebSocket(url, options);
  const recorder = recordOf(socket, limits);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  return { socket, recorder };
}

/** Direction, opcode and data of each message of an entry. */
const brief = ({ _webSocketMessages: messages }) => messages.map(({ type, opcode, data }) => [type, opcode, data]);
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

for (const name of ['tcp', 'wisp']) {
  test(`over ${name}, messages of every kind are recorded in order, as the program sent and received them`, async () => {
    const relay = name === 'wisp' ? await startRelay({ targets: [echo.port] }) : undefined;
    try {
      const transport = relay && wisp(relay.url, { WebSocket });
      const { socket, recorder } = await recorded(echo.url, transport && { transport });
      const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
      const text = 'zwölf '.repeat(1000);
      const long = 'long '.repeat(300_000);
      const expected = [];
      for (const [data, opcode, content] of [
        [text, 1, text],
        ['', 1, ''],
        ['a lone \uD800', 1, 'a lone \uFFFD'],
        [bytes.subarray(1, 4), 2, base64([1, 2, 3])],
        [bytes.buffer, 2, base64(bytes)],
        [new Blob(['in a ', 'Blob']), 2, base64(Buffer.from('in a Blob'))],
        [long, 1, long],
        [new Uint8Array(), 2, ''],
      ]) {
        await echoed(socket, data);
        expected.push(['send', opcode, content], ['receive', opcode, content]);
      }
      await shut(socket);
      assert.deepEqual(brief(await recorder.entry()), expected);
    } finally {
      await relay?.close();
    }
  });
}

test('what the program does to its bytes later, and to those that it received, changes nothing', async () => {
  const { socket, recorder } = await recorded(echo.url);
  const sent = new Uint8Array([1, 2, 3]);
  const message = next(socket, 'message');
  socket.send(sent);
  sent.fill(9);
  structuredClone((await message).data, { transfer: [(await message).data] });
  await shut(socket);
  assert.deepEqual(brief(await recorder.entry()), [
    ['send', 2, 'AQID'],
    ['receive', 2, 'AQID'],
  ]);
});

test('a message in fragments is recorded once, with its first opcode; pings are not', async () => {
  const frames = [0x01, 2, 'ab', 0x89, 1, '!', 0x00, 2, 'cd', 0x80, 1, 'e', 0x88, 0, ''];
  const write = (socket) =>
    socket.write(Buffer.concat(frames.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))));
  await against(write, async (url) => {
    const socket = new WebSocket(url);
    const recorder = recordOf(socket);
    await next(socket, 'close');
    assert.deepEqual(brief(await recorder.entry()), [['receive', 1, 'abcde']]);
  });
});

test('only what send() accepted is recorded', async () => {
  const socket = new WebSocket(echo.url);
  const recorder = recordOf(socket);
  assert.throws(() => socket.send('too early'), { name: 'InvalidStateError' });
  await next(socket, 'open');
  assert.throws(() => socket.send(/** @type {any} */ (Symbol())), TypeError);
  socket.send('in time');
  const close = next(socket, 'close');
  socket.close();
  socket.send('too late');
  await close;
  socket.send('later still');
  assert.deepEqual(brief(await recorder.entry()), [['send', 1, 'in time']]);
});

test('a HAR has the version, the creator, and one entry', async () => {
  const { socket, recorder } = await recorded(`${echo.url}path?a=1&b=%C3%B6`);
  await shut(socket);
  const har = await recorder.toHar();
  const { log } = har;
  assert.deepEqual(har, JSON.parse(JSON.stringify(har)));
  assert.equal(log.version, '1.2');
  assert.deepEqual(log.creator, { name: 'websocket-wasm', version: manifest.version });
  assert.equal(log.entries.length, 1);
  const [{ request, serverIPAddress, connection, _resourceType, _transport }] = log.entries;
  assert.deepEqual([_resourceType, _transport], ['websocket', 'tcp']);
  assert.equal(request.url, `${echo.url}path?a=1&b=%C3%B6`);
  assert.deepEqual(request.queryString, [
    { name: 'a', value: '1' },
    { name: 'b', value: 'ö' },
  ]);
  assert.deepEqual([serverIPAddress, connection], ['127.0.0.1', `${echo.port}`]);
});

test('times are those of the events, and the timings add up', async () => {
  const from = Date.now();
  const { socket, recorder } = await recorded(echo.url);
  await echoed(socket, 'one');
  await echoed(socket, 'two');
  await shut(socket);
  const until = Date.now();
  const { startedDateTime, time, timings, _webSocketMessages: messages, _close } = await recorder.entry();
  const started = Date.parse(startedDateTime);
  assert.ok(started >= from - 1 && started <= until + 1, startedDateTime);
  const times = [started / 1000, ...messages.map((message) => message.time), _close.time];
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(_close.time * 1000 <= until + 1);
  const { blocked, dns, connect, ssl, send, wait, receive } = timings;
  assert.deepEqual([dns, ssl], [-1, -1]);
  for (const phase of [blocked, connect, send, wait, receive]) assert.ok(phase >= 0, JSON.stringify(timings));
  assert.ok(Math.abs(blocked + connect + send + wait + receive - time) < 0.001);
  assert.ok(Math.abs(started + time - _close.time * 1000) < 1);
});

test('the request is that which the server got; by default without what may be secret', async () => {
  let request = '';
  const server = await startRaw((socket, head) => {
    request = head;
    socket.end(acceptance(head));
  });
  try {
    const url = server.url.replace('//', '//alice:s3cret@');
    const headers = { 'X-Api-Key': 'key-s3cret', Cookie: 'a=1-s3cret; b="2"', Origin: 'https://page.example' };
    const socket = new WebSocket(url, { protocols: ['chat', 'talk'], headers });
    const recorder = recordOf(socket);
    await next(socket, 'close');
    const { request: all } = await recorder.entry({ sensitive: true });
    const lines = all.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
    assert.equal(`GET / HTTP/1.1\r\n${lines}\r\n`, request);
    assert.equal(all.headersSize, request.length);
    assert.equal(all.url, url);
    assert.deepEqual(all.cookies, [
      { name: 'a', value: '1-s3cret' },
      { name: 'b', value: '"2"' },
    ]);
    assert.equal(all.comment, undefined);

    const { log } = await recorder.toHar();
    assert.doesNotMatch(JSON.stringify(log), /s3cret|alice|YWxpY2U/);
    const kept = log.entries[0].request;
    assert.equal(kept.url, server.url);
    assert.deepEqual(kept.cookies, []);
    const secret = /^(x-api-key|cookie|authorization)$/i;
    assert.deepEqual(
      kept.headers,
      all.headers.filter(({ name }) => !secret.test(name)),
    );
    for (const name of [/x-api-key/i, /cookie/i, /authorization/i]) assert.match(kept.comment, name);
    const protocols = kept.headers.find(({ name }) => name === 'Sec-WebSocket-Protocol');
    assert.equal(protocols.value, 'chat, talk');
  } finally {
    await server.close();
  }
});

test('a request that is written in several parts, and characters of Latin-1, are recorded as they are', async () => {
  const server = await startRaw((socket) => {
    socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  });
  try {
    const headers = { 'X-Long': 'x'.repeat(300_000), 'User-Agent': 'Zo\xeb' };
    const socket = new WebSocket(server.url, { headers });
    const recorder = recordOf(socket);
    await next(socket, 'close');
    const { request } = await recorder.entry({ sensitive: true });
    const lines = request.headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
    assert.equal(request.headersSize, `GET / HTTP/1.1\r\n${lines}\r\n`.length);
    const values = new Map(request.headers.map(({ name, value }) => [name.toLowerCase(), value]));
    assert.equal(values.get('x-long'), headers['X-Long']);
    assert.equal(values.get('user-agent'), 'Zo\xeb');
  } finally {
    await server.close();
  }
});

test('the response is recorded, by default without its cookies', async () => {
  const headers = ['X-Trace: 1234', 'Set-Cookie: a=1-s3cret; Path=/; Domain=host; HttpOnly', 'Set-Cookie: b=2; Secure'];
  const server = await startRaw((socket, head) => socket.write(acceptance(head, ...headers)));
  try {
    const { recorder } = await recorded(server.url);
    const { response } = await recorder.entry();
    assert.deepEqual([response.status, response.statusText], [101, 'Switching Protocols']);
    const valuesOf = ({ headers }, wanted) =>
      headers.filter(({ name }) => name.toLowerCase() === wanted).map(({ value }) => value);
    assert.deepEqual(valuesOf(response, 'x-trace'), ['1234']);
    assert.deepEqual(valuesOf(response, 'upgrade'), ['websocket']);
    assert.deepEqual([response.cookies, valuesOf(response, 'set-cookie')], [[], []]);
    assert.match(response.comment, /set-cookie/i);
    assert.doesNotMatch(JSON.stringify(response), /s3cret/);

    const { response: all } = await recorder.entry({ sensitive: true });
    assert.deepEqual(all.cookies, [
      { name: 'a', value: '1-s3cret', path: '/', domain: 'host', httpOnly: true, secure: false },
      { name: 'b', value: '2', httpOnly: false, secure: true },
    ]);
    assert.equal(valuesOf(all, 'set-cookie').length, 2);
    assert.equal(all.comment, undefined);
  } finally {
    await server.close();
  }
});

test('the response that refuses a connection is recorded with its body', async () => {
  for (const [body, content] of /** @type {[Buffer, object][]} */ ([
    [Buffer.from('{"why":"zwölf"}'), { text: '{"why":"zwölf"}' }],
    [Buffer.of(0xff, 0xfe), { text: '//4=', encoding: 'base64' }],
    [Buffer.alloc(0), {}],
  ])) {
    const server = await startRaw((socket) => {
      const head = ['HTTP/1.1 403 Forbidden', 'Content-Type: application/json', `Content-Length: ${body.length}`];
      socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\nLocation: /in\r\n\r\n`), body]));
    });
    try {
      const socket = new WebSocket(server.url);
      const recorder = recordOf(socket);
      await next(socket, 'close');
      const { response, _failure } = await recorder.entry();
      assert.deepEqual([response.status, response.statusText, response.redirectURL], [403, 'Forbidden', '/in']);
      assert.deepEqual(response.content, { size: body.length, mimeType: 'application/json', ...content });
      assert.equal(response.bodySize, body.length);
      assert.equal(_failure.code, 'handshake-status');
    } finally {
      await server.close();
    }
  }
});

test("a redirect's target is recorded, by default without a user name and a password", async () => {
  for (const [location, shown] of [
    ['https://user:s3cret@login.example/a?b=c@d#e', 'https://…@login.example/a?b=c@d#e'],
    ['https:s3cret@login.example\r\nLocation: //s3cret@x/', '…@login.example, //…@x/'],
    ['/users/@name?next=/', '/users/@name?next=/'],
  ]) {
    const server = await startRaw((socket) =>
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
    );
    try {
      const socket = new WebSocket(server.url);
      const recorder = recordOf(socket);
      await next(socket, 'close');
      const entry = await recorder.entry();
      assert.doesNotMatch(JSON.stringify(entry), /s3cret/);
      assert.equal(entry.response.redirectURL, shown);
      const { response } = await recorder.entry({ sensitive: true });
      assert.equal(response.redirectURL, location.replace('\r\nLocation:', ','));
    } finally {
      await server.close();
    }
  }
});

test('the close event is recorded', async () => {
  const { socket, recorder } = await recorded(echo.url);
  assert.equal((await recorder.entry())._close, undefined);
  socket.close(3001, 'bye');
  await next(socket, 'close');
  const { _close, _failure } = await recorder.entry();
  assert.deepEqual({ ..._close, time: 0 }, { time: 0, code: 3001, reason: 'bye', wasClean: true });
  assert.equal(_failure, undefined);
});

test('a failure is recorded with its code, and as the message of an error', async () => {
  await against(
    (socket) => socket.write(Buffer.of(0x83, 0)),
    async (url) => {
      const socket = new WebSocket(url);
      const recorder = recordOf(socket);
      await next(socket, 'close');
      const entry = await recorder.entry();
      const { _failure, _close, response } = entry;
      assert.equal(_failure.code, 'reserved-opcode');
      assert.deepEqual(brief(entry), [['error', -1, _failure.message]]);
      assert.equal(response._error, _failure.message);
      assert.equal(response.status, 101);
      assert.deepEqual([_close.code, _close.wasClean], [1006, false]);
    },
  );
});

test('a connection that was refused has no response', async () => {
  const server = await startRaw(() => {});
  await server.close();
  const socket = new WebSocket(server.url);
  const recorder = recordOf(socket);
  await next(socket, 'close');
  const { response, timings, _failure } = await recorder.entry();
  assert.equal(_failure.code, 'connect-refused');
  assert.deepEqual([response.status, response.headers], [0, []]);
  assert.ok(timings.connect >= 0);
  assert.deepEqual([timings.send, timings.wait, timings.receive], [0, 0, 0]);
});

test('the oldest messages are dropped at either limit, and counted', async () => {
  for (const [limits, kept] of [
    [{ maxMessages: 3 }, ['7', '8', '8']],
    [{ maxBytes: 5 }, ['6', '7', '7', '8', '8']],
  ]) {
    const { socket, recorder } = await recorded(echo.url, {}, limits);
    for (let i = 1; i <= 8; i += 1) await echoed(socket, `${i}`);
    const entry = await recorder.entry();
    assert.deepEqual(
      brief(entry).map(([, , data]) => data),
      kept,
    );
    const dropped = 16 - kept.length;
    assert.deepEqual([entry._droppedMessages, entry._droppedBytes], [dropped, dropped]);
    assert.match(entry.comment, new RegExp(`^Messages dropped .*: ${dropped}, with ${dropped} bytes\\.$`));
    await shut(socket);
  }
});

test('a message that is larger than the limit is dropped alone; sizes are in bytes', async () => {
  const { socket, recorder } = await recorded(echo.url, {}, { maxBytes: 10 });
  for (const data of ['abc', 'öööööö', new Uint8Array(11), new Blob(['x'.repeat(12)]), 'ö']) await echoed(socket, data);
  await shut(socket);
  const entry = await recorder.entry();
  assert.deepEqual(
    brief(entry).map(([, , data]) => data),
    ['abc', 'abc', 'ö', 'ö'],
  );
  assert.deepEqual([entry._droppedMessages, entry._droppedBytes], [6, 70]);
});

test('a long recording keeps the order', async () => {
  const { socket, recorder } = await recorded(echo.url, {}, { maxMessages: 100 });
  let received = 0;
  socket.onmessage = () => {
    received += 1;
  };
  for (let i = 0; i < 5_000; i += 1) socket.send(`${i}`);
  await until(() => received === 5_000);
  await shut(socket);
  const entry = await recorder.entry();
  const last = Array.from({ length: 100 }, (_, i) => ['receive', 1, `${4_900 + i}`]);
  assert.deepEqual(brief(entry), last);
  assert.equal(entry._droppedMessages, 9_900);
});

test('a limit that is no number of at least 1 is a TypeError that names it', async () => {
  const socket = new WebSocket(echo.url);
  for (const [limits, message] of [
    [{ maxBytes: 0 }, /maxBytes .* not 0\./],
    [{ maxBytes: Number.NaN }, /maxBytes .* not NaN\./],
    [{ maxMessages: -1 }, /maxMessages .* not -1\./],
    [{ maxMessages: '9' }, /maxMessages .* not a value of type string\./],
    [{ maxMessages: null }, /maxMessages .* not null\./],
  ]) {
    assert.throws(() => recordOf(socket, /** @type {any} */ (limits)), { name: 'TypeError', message });
  }
  for (const other of [{}, null, undefined, new EventTarget()]) {
    assert.throws(() => recordOf(/** @type {any} */ (other)), TypeError);
  }
  await next(socket, 'open');
  await shut(socket);
});

test('a recording that begins late has what follows, and says so', async () => {
  const socket = new WebSocket(echo.url);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  await echoed(socket, 'missed');
  const recorder = recordOf(socket);
  await echoed(socket, 'seen');
  await shut(socket);
  const entry = await recorder.entry();
  assert.deepEqual(brief(entry), [
    ['send', 1, 'seen'],
    ['receive', 1, 'seen'],
  ]);
  assert.match(entry.comment, /^The recording began when the connection was already open.*headers are not known/);
  assert.deepEqual(entry.request.headers, []);
  assert.equal(entry.response.status, 101);
  assert.deepEqual([entry.timings.connect, entry.timings.wait], [-1, 0]);
  const closed = await recordOf(socket).entry();
  assert.deepEqual(brief(closed), []);
});

test('after stop() nothing is recorded, and the entry says so', async () => {
  const { socket, recorder } = await recorded(echo.url);
  await echoed(socket, 'before');
  recorder.stop();
  recorder.stop();
  await echoed(socket, 'after');
  await shut(socket);
  const entry = await recorder.entry();
  assert.equal(brief(entry).length, 2);
  assert.equal(entry._close, undefined);
  assert.match(entry.comment, /stopped before the connection was closed/);
});

test('an entry can be made at any time, and two recorders of a socket see the same', async () => {
  const socket = new WebSocket(echo.url);
  const recorders = [recordOf(socket), recordOf(socket)];
  const [early] = await Promise.all(recorders.map((recorder) => recorder.entry()));
  assert.deepEqual([early.response.status, brief(early)], [0, []]);
  socket.binaryType = 'arraybuffer';
  await next(socket, 'open');
  await echoed(socket, new Uint8Array([1]));
  const [one, two] = await Promise.all(recorders.map((recorder) => recorder.entry()));
  assert.deepEqual(brief(one), [
    ['send', 2, 'AQ=='],
    ['receive', 2, 'AQ=='],
  ]);
  assert.deepEqual(brief(two), brief(one));
  assert.deepEqual(two.request, one.request);
  assert.ok(one.request.headers.length > 4);
  await shut(socket);
});

test('harOf() puts the entries in the order of their starts', async () => {
  const first = await recorded(echo.url);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await recorded(`${echo.url}second`);
  const har = harOf([await second.recorder.entry(), await first.recorder.entry()]);
  assert.deepEqual(
    har.log.entries.map(({ request }) => request.url),
    [echo.url, `${echo.url}second`],
  );
  await shut(first.socket);
  await shut(second.socket);
});

test('the parameters of TLS are recorded', async () => {
  const server = await startTls(identity);
  try {
    const { socket, recorder } = await recorded(`wss://localhost:${server.port}/`, { tls: { ca } });
    await shut(socket);
    const { _securityDetails: details, serverIPAddress } = await recorder.entry();
    assert.equal(details.protocol, 'TLS 1.3');
    assert.match(details.cipher, /^TLS_\w+_SHA\d+$/);
    assert.equal(details.resumed, false);
    assert.match(details.subjectName, /^CN=/);
    assert.match(details.fingerprint256, /^(\w\w:){31}\w\w$/);
    assert.ok(certificate.der.length > 0);
    const now = Date.now() / 1000;
    assert.ok(details.validFrom < now && now < details.validTo);
    assert.equal(serverIPAddress, undefined);
  } finally {
    await server.close();
  }
});

test('a file that has changed since it was sent is in the record without its data, and the record says why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'har-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, 'first');
    const { socket, recorder } = await recorded(echo.url);
    await echoed(socket, await openAsBlob(file));
    await writeFile(file, 'second, and longer');
    const [sent, received] = (await recorder.entry())._webSocketMessages;
    assert.deepEqual([sent.data, sent._comment], ['', 'The Blob could no longer be read.']);
    assert.equal(received.data, base64(Buffer.from('first')));
    await shut(socket);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('messagesOf() reads what was recorded', async () => {
  const { socket, recorder } = await recorded(echo.url);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
  await echoed(socket, 'zwölf');
  await echoed(socket, bytes);
  await shut(socket);
  const har = await recorder.toHar();
  const messages = messagesOf(JSON.stringify(har));
  assert.deepEqual(messages, messagesOf(har));
  assert.deepEqual(
    messages.map(({ sent, data }) => [sent, data]),
    [
      [true, 'zwölf'],
      [false, 'zwölf'],
      [true, bytes],
      [false, bytes],
    ],
  );
  for (const [i, { url, connection, time }] of messages.entries()) {
    assert.deepEqual([url, connection], [echo.url, 0]);
    assert.equal(time, har.log.entries[0]._webSocketMessages[i].time * 1000);
  }
});

test("messagesOf() reads a browser's export: other requests, errors and control frames are skipped", () => {
  const webSocket = (url, ...messages) => ({
    _resourceType: 'websocket',
    request: { url },
    _webSocketMessages: messages.map(([type, opcode, data]) => ({ type, time: 1.5, opcode, data })),
  });
  const har = {
    log: {
      entries: [
        { request: { url: 'https://page.example/' }, response: {} },
        webSocket(
          'wss://one.example/',
          ['send', 1, 'hi'],
          ['receive', 9, ''],
          ['error', -1, 'lost'],
          ['receive', 2, 'AQI='],
        ),
        webSocket('wss://none.example/'),
        webSocket('wss://two.example/', ['receive', 1, 'there']),
      ],
    },
  };
  assert.deepEqual(messagesOf(har), [
    { url: 'wss://one.example/', connection: 0, sent: true, time: 1500, data: 'hi' },
    { url: 'wss://one.example/', connection: 0, sent: false, time: 1500, data: new Uint8Array([1, 2]) },
    { url: 'wss://two.example/', connection: 2, sent: false, time: 1500, data: 'there' },
  ]);
});

test('messagesOf() rejects what is no HAR, and messages without valid data', () => {
  assert.throws(() => messagesOf('not JSON'), SyntaxError);
  for (const value of ['null', '{}', '[]', '1', { log: {} }, { log: { entries: {} } }, null]) {
    assert.throws(() => messagesOf(/** @type {any} */ (value)), { name: 'TypeError', message: /log\.entries/ });
  }
  for (const [message, expected] of [
    [{ type: 'send', opcode: 1, data: 'x' }, /no time/],
    [{ type: 'send', opcode: 1, time: 1 }, /no data/],
    [{ type: 'receive', opcode: 2, time: 1, data: 'ö' }, /base64/],
  ]) {
    const har = { log: { entries: [{ _webSocketMessages: [message] }] } };
    assert.throws(() => messagesOf(har), { name: 'TypeError', message: expected });
  }
  assert.deepEqual(messagesOf({ log: { entries: [null, { _webSocketMessages: [null, 1] }] } }), []);
});

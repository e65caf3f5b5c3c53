// The opening handshake of a connection recorded as HAR, and its TLS.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'websocket-wasm';
import { recordOf } from 'websocket-wasm/har';
import { acceptance, startRaw } from '../support/servers/raw.js';
import { startTls } from '../support/tls/server.js';
import { recorded } from './support/har.js';
import { next, shut } from './support/sockets.js';
import { ca, certificate, identity } from './support/tls.js';

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

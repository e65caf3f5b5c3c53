// The template of relay(), and its options.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { relay } from 'websocket-wasm/transports';
import { WebSocket as Ws } from 'ws';
import { startStreamRelay } from '../../scripts/stream-relay.js';

/** @type {any} */
const options = { WebSocket: Ws };

let server;
before(async () => {
  server = await startStreamRelay({ handleProtocols: ([first]) => first });
});
after(() => server.close());

/** What a relay is asked for, to connect to that target. It refuses all of them, and the failure is asserted. */
async function requested(template, more, { hostname = 'echo.example', port = 80 } = {}) {
  server.requests.length = 0;
  const { signal } = new AbortController();
  const target = { hostname, port, secure: false, url: 'ws://echo.example/', signal };
  const link = /** @type {any} */ (await relay(template, { ...options, ...more })(target));
  const error = await new Promise((resolve) => link.open({ data: () => {}, end: resolve, fail: resolve }));
  assert.equal(error.code, 'relay-blocked');
  assert.equal(server.requests.length, 1);
  return server.requests[0];
}

const url = async (...args) => (await requested(.../** @type {[any]} */ (args))).url;

test('the host and the port are put into the path or the query', async () => {
  assert.equal(await url(server.template), '/echo.example:80');
  assert.equal(await url(`${server.origin}/?address={hostname}:{port}`), '/?address=echo.example:80');
  assert.equal(
    await url(`${server.origin}/a/{port}/{hostname}?again={hostname}`),
    '/a/80/echo.example?again=echo.example',
  );
});

test('http: becomes ws:, and a URL is taken as well as a string', async () => {
  const http = server.template.replace('ws:', 'http:');
  assert.equal(await url(http), '/echo.example:80');
  assert.equal(await url(new URL(http)), '/echo.example:80');
  assert.equal(await url(new URL(`${server.origin}/?address={hostname}:{port}`)), '/?address=echo.example:80');
});

test('everything in a host is percent-encoded, and an IPv6 address has brackets', async () => {
  const query = `${server.origin}/?address={hostname}:{port}&token=1`;
  const at = (hostname, port = 80) => ({ hostname, port });
  assert.equal(await url(query, {}, at('::1', 8080)), '/?address=%5B%3A%3A1%5D:8080&token=1');
  assert.equal(new URL(await url(query, {}, at('::1')), 'ws://a').searchParams.get('address'), '[::1]:80');
  assert.equal(await url(server.template, {}, at('::1')), '/%5B%3A%3A1%5D:80');
  assert.equal(await url(query, {}, at('a&b=c+d')), '/?address=a%26b%3Dc%2Bd:80&token=1');
  assert.equal(await url(query, {}, at('$&-$1')), '/?address=%24%26-%241:80&token=1');
  assert.equal(await url(server.template, {}, at('xn--bcher-kva.example')), '/xn--bcher-kva.example:80');
});

test('a name of dots is not a step up in the path', async () => {
  const transport = relay(`${server.origin}/secret/{hostname}/{port}`, options);
  const { signal } = new AbortController();
  const target = { hostname: '..', port: 80, secure: false, url: 'ws://../', signal };
  await assert.rejects(async () => transport(target), { code: 'host-not-found' });
});

test('a template without placeholders needs the option fixed', async () => {
  assert.throws(() => relay(`${server.origin}/websockify`, options), {
    name: 'TypeError',
    message: /'\{hostname\}' and '\{port\}'.*fixed/,
  });
  assert.throws(() => relay(`${server.origin}/{hostname}`, options), {
    name: 'TypeError',
    message: /has no '\{port\}'/,
  });
  assert.throws(() => relay(`${server.origin}/{port}`, options), {
    name: 'TypeError',
    message: /has no '\{hostname\}'/,
  });
  const fixed = { fixed: true };
  assert.equal(await url(`${server.origin}/websockify`, fixed), '/websockify');
  assert.equal(await url(`${server.origin}/?token={hostname}`, fixed), '/?token=echo.example');
});

for (const [title, template, message] of /** @type {[string, any, RegExp][]} */ ([
  ['another scheme', 'ftp://relay.example/{hostname}:{port}', /'ftp:\/\/relay.example.*its scheme/],
  ['a fragment', 'ws://relay.example/{hostname}:{port}#there', /fragment/],
  ['an empty fragment', 'ws://relay.example/{hostname}:{port}#', /fragment/],
  ['no URL', 'relay.example/{hostname}:{port}', /'relay.example.*absolute URL/],
  ['another placeholder', 'ws://relay.example/{host}:{port}', /'\{host\}' is neither/],
  [
    'another placeholder in another case',
    'ws://relay.example/{hostname}:{port}/{Hostname}',
    /'\{Hostname\}' is neither/,
  ],
  ['an empty placeholder', 'ws://relay.example/{}?{hostname}{port}', /'\{\}' is neither/],
  ['a placeholder in the host', 'ws://{hostname}.relay.example/{port}', /only be in the path or the query/],
  ['a placeholder in the port', 'ws://relay.example:{port}/{hostname}', /only be in the path or the query/],
  ['a placeholder in the credentials', 'ws://{hostname}:{port}@relay.example/', /only be in the path or the query/],
  ['undefined', undefined, /undefined/],
  ['null', null, /null/],
  ['a number', 8080, /8080/],
  ['an object', { toString: () => 'ws://relay.example/{hostname}:{port}' }, /\[object Object\]/],
])) {
  test(`${title} is a TypeError that says so`, () => {
    assert.throws(() => relay(template, options), { name: 'TypeError', message });
  });
}

for (const [title, wrong, message] of /** @type {[string, any, RegExp][]} */ ([
  ['a class that is none', { WebSocket: 'WebSocket' }, /'WebSocket' must be a class/],
  ['an empty subprotocol', { protocols: '' }, /''/],
  ['a subprotocol that is no token', { protocols: ['binary', 'a b'] }, /'a b'/],
  ['a subprotocol that is no string', { protocols: [1] }, /can't have 1/],
  ['a subprotocol null', { protocols: null }, /null/],
  ['an invalid option of TLS', { tls: { ca: [] } }, /ca/],
])) {
  test(`${title} is a TypeError that says so`, () => {
    assert.throws(() => relay(server.template, { ...options, ...wrong }), { name: 'TypeError', message });
  });
}

test('a message shows no credentials', () => {
  const take = () => relay('ftp://user:pass@relay.example/{hostname}:{port}', options);
  assert.throws(take, ({ message }) => message.includes('relay.example') && !/user|pass/.test(message));
});

test('subprotocols are offered only where asked for', async () => {
  const offered = async (protocols) => (await requested(server.template, { protocols })).protocols;
  assert.equal(await offered(undefined), undefined);
  assert.equal(await offered([]), undefined);
  assert.equal(await offered('binary'), 'binary');
  assert.equal(await offered(new Set(['binary', 'base64'])), 'binary,base64');
});

test('a platform without a WebSocket class needs the option', { skip: 'WebSocket' in globalThis }, () => {
  assert.throws(() => relay(server.template), { name: 'TypeError', message: /no WebSocket class/ });
});

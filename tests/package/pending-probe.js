// Calls the constructor, send() and close() with valid and invalid arguments, and prints the outcome of each call as
// JSON. `node pending-probe.js core` calls the core, `node pending-probe.js pending` runs before the core is loaded.
const pending = process.argv[2] === 'pending';
// The wasm file is never received.
if (pending) globalThis.fetch = () => new Promise(() => {});
const { connectionOf, native, tls, WebSocket } = await import(
  pending ? new URL('node_modules/websocket-wasm/dist/web.js', import.meta.url).href : 'websocket-wasm'
);

const URLS = [
  ...['ws://h', 'wss://h:1/p?q', 'http://h/a', 'HTTPS://h', 'ws://u:p@h/', ' ws://h/\t', 'ws://[::1]:80/', 'ws://h:80'],
  ...[
    '',
    '/',
    'h',
    'ws://',
    'ws:h',
    'ws:///h',
    'ws://a b/',
    'ws://a%/',
    'ws://h:65536',
    'ws://[::1',
    'ws://1.2.3.256/',
  ],
  ...['ftp://h/', 'file:///x', 'about:blank', 'data:,x', 'wsx://h/', 'mailto:a@b', 'blob:ws://h/', 'javascript:0'],
  ...['ws://h/#', 'ws://h/#a', 'ws://h/%23', 'ws://h?#', 'ws://xn--a/', 'ws://h/\ud800', 'ws://ü/ü?ü', 'ws://h%20/'],
  ...['ws://%41/', 'ws://h:0x50/', 'ws://h:/', 'ws://0x7f.1/', 'ws:\\\\h\\p', 'ws://h/..//.', 'ws://:80/', 'ws://@/'],
];
const PROTOCOLS = [
  ...['', 'a', 'a b', 'a,b', [], ['a', 'b'], ['a', 'a'], ['a', 'A'], ['ok', ''], ['é'], ["!#$%&'*+-.^_`|~09azAZ"]],
  ...Array.from({ length: 0x100 }, (_, code) => [`x${String.fromCharCode(code)}`]),
  ...[['\ud800'], ['\u212a', 'k'], ['ſ', 's'], [1, '1'], null, undefined, new Set(['a', 'b', 'a'])],
];
const NUMBERS = [1, 0, -1, 0.5, 1.5, NaN, Infinity, -Infinity, 2 ** 53, '7', '', 'x', null, true, {}];
const HEADERS = [
  ...['Host', 'connection', 'UPGRADE', 'Content-Length', 'Transfer-Encoding', 'Sec-WebSocket-Key', 'Origin', 'X-Own'],
  ...['Sec-WebSocket-Protocol', 'Sec-WebSocket-Version', 'Sec-WebSocket-Extensions', 'Sec-WebSocket-Accept', 'Cookie'],
  ...['Sec-WebSocket-Other', 'a b', ''],
];
const CLOSES = [
  ...[[], [undefined, undefined], [1000], [2999], [3000], [4999], [5000], [1001], [0], [-1], [65536], [NaN], [999.5]],
  ...[[1000.5], [1000, 'x'.repeat(123)], [1000, 'x'.repeat(124)], [1000, 'é'.repeat(62)], [999, 'x'.repeat(124)]],
  ...[
    [undefined, 'x'],
    [undefined, 'x'.repeat(124)],
    [3000, '\ud800'.repeat(41)],
    [3000, '\ud800'.repeat(42)],
  ],
];

const results = [];
function probe(what, call) {
  const result = { what };
  try {
    result.value = call();
  } catch (error) {
    result.thrown = `${error.constructor.name} ${error.name}: ${error.message}`;
  }
  results.push(result);
}

const transport = () => new Promise(() => {});
const made = (url, options = {}) => new WebSocket(url, { transport, ...options });
const said = ({ url, readyState, bufferedAmount, extensions, protocol, binaryType }) =>
  JSON.stringify({ url, readyState, bufferedAmount, extensions, protocol, binaryType });

for (const url of URLS) probe(`URL ${url}`, () => said(made(url)));
for (const protocols of PROTOCOLS) {
  const shown = JSON.stringify([...(typeof protocols === 'string' ? [protocols] : (protocols ?? []))]);
  probe(`protocols ${shown}`, () => said(made('ws://h', { protocols })));
  probe(`bad URL, protocols ${shown}`, () => said(made('ws://a b', { protocols })));
}
const LIMITS = [
  'maxMessageSize',
  'maxFragments',
  'maxHeaderSize',
  'maxErrorBody',
  'maxQueuedPongs',
  'highWaterMark',
  'maxConnecting',
];
for (const name of [...LIMITS, 'handshakeTimeout', 'closeTimeout']) {
  for (const value of NUMBERS) probe(`${name} ${value}`, () => said(made('ws://h', { [name]: value })));
}
for (const name of ['level', 'threshold', 'serverMaxWindowBits', 'clientMaxWindowBits']) {
  for (const value of [...NUMBERS, 7, 8, 9, 10, 15, 16]) {
    const perMessageDeflate = { [name]: value };
    probe(`perMessageDeflate.${name} ${value}`, () => said(made('ws://h', { perMessageDeflate })));
  }
}
for (const perMessageDeflate of [true, false, {}]) {
  probe(`perMessageDeflate ${perMessageDeflate}`, () => said(made('ws://h', { perMessageDeflate })));
}
for (const keepAlive of [true, false, {}, null, 1, 'x', { interval: 5, timeout: 7 }]) {
  probe(`keepAlive ${JSON.stringify(keepAlive)}`, () => said(made('ws://h', { keepAlive })));
  probe(`keepAlive ${JSON.stringify(keepAlive)} over native`, () => made('ws://a b', { transport: native, keepAlive }));
}
for (const name of ['interval', 'timeout']) {
  for (const value of NUMBERS) {
    probe(`keepAlive.${name} ${value}`, () => said(made('ws://h', { keepAlive: { [name]: value } })));
  }
}
for (const name of HEADERS) {
  probe(`header ${name}`, () => said(made('ws://h', { headers: { [name]: 'x' } })));
  probe(`bad URL, header ${name}`, () => said(made('x://h', { headers: { [name]: 'x' } })));
}
for (const url of ['ws://h', 'wss://h', 'ws://a b', 'ftp://h']) {
  for (const options of [{}, null, 1, { ca: 1 }, { servername: 'name.test' }]) {
    const what = `${url}, tls ${JSON.stringify(options)}`;
    probe(what, () => said(made(url, { transport: tls(transport), tls: options })));
    probe(`${what} over a transport without TLS`, () => said(made(url, { tls: options })));
    probe(`${what} over native`, () => said(made(url, { transport: native, tls: options })));
  }
}
for (const [i, args] of CLOSES.entries()) {
  for (const unpairedSurrogates of /** @type {const} */ (['replace', 'throw'])) {
    probe(`close ${i} ${unpairedSurrogates}`, () => {
      const socket = made('ws://h', { unpairedSurrogates });
      socket.close(...args);
      return said(socket);
    });
  }
}
for (const data of ['text', new Uint8Array(3), new Blob(['blob']), Symbol('x')]) {
  const name = data.constructor.name;
  probe(`send ${name} while CONNECTING`, () => made('ws://h').send(data));
  probe(`send ${name} while CLOSING`, () => {
    const socket = made('ws://h');
    socket.close();
    socket.send(data);
    return said(socket);
  });
}
/** All events of a socket until its end. */
async function probeLife(what, give) {
  const socket = give();
  const events = [];
  for (const type of ['open', 'error', 'close']) {
    socket.addEventListener(type, ({ code, wasClean }) => events.push([type, socket.readyState, code, wasClean]));
  }
  await new Promise((resolve) => socket.addEventListener('close', () => setTimeout(resolve, 10)));
  results.push({ what, events, said: said(socket), failure: connectionOf(socket).failure?.code });
}
await probeLife('close() while CONNECTING', () => {
  const socket = made('ws://h');
  socket.close();
  return socket;
});
await probeLife('a signal that is aborted', () => made('ws://h', { signal: AbortSignal.abort() }));
await probeLife('a signal that aborts', () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  return made('ws://h', { signal: controller.signal });
});
process.stdout.write(JSON.stringify(results), () => process.exit(0));

// new WebSocket(url, protocols): conversions, exceptions, and the initial values of a new socket.
import { clause, holds, next, same, shut, throws, throwsDom } from '../harness.js';

const SECTION = 'Constructor';
const inPage = ({ scope }) => scope !== 'node';
const hasBag = ({ wire }) => wire !== 'platform';

/** Constructs a socket and closes it at once. */
function made(env, ...args) {
  const socket = new env.WebSocket(...args);
  socket.close();
  return socket;
}

const urlOf = (env, url) => made(env, url).url;
const badUrl = (env, url) => throwsDom('SyntaxError', () => made(env, url), `new WebSocket(${String(url)})`);
const badProtocols = (env, protocols) =>
  throwsDom('SyntaxError', () => made(env, env.server(), protocols), `protocols ${JSON.stringify(protocols)}`);

/** The Sec-WebSocket-Protocol that is requested for these protocols. */
async function asked(env, protocols) {
  const socket =
    env.wire === 'platform' ? new env.WebSocket(env.server('/headers'), protocols) : bagged(env, protocols);
  const { data } = await next(socket, 'message');
  await shut(socket);
  return JSON.parse(data)['sec-websocket-protocol'];
}

function bagged(env, protocols) {
  return new env.WebSocket(env.server('/headers'), env.options({ protocols }));
}

export default [
  clause(SECTION, 'no argument throws a TypeError', ({ WebSocket }) => {
    throws(TypeError, () => new WebSocket(), 'new WebSocket()');
  }),
  clause('Web IDL: USVString', 'an object is converted to the URL by its toString', (env) => {
    const url = env.server('/a');
    same(urlOf(env, { toString: () => url }), url);
    same(urlOf(env, [url]), url);
    same(urlOf(env, new URL(url)), url);
    same(urlOf(env, new String(url)), url);
  }),
  clause('Web IDL: USVString', 'a Symbol as URL throws a TypeError', (env) => {
    throws(TypeError, () => made(env, Symbol('ws://x/')), 'Symbol');
  }),
  clause('Web IDL: USVString', 'an exception of toString propagates', (env) => {
    const error = new RangeError('mine');
    const url = {
      toString() {
        throw error;
      },
    };
    throws(error, () => made(env, url), 'toString');
  }),
  clause('Web IDL: USVString', 'a lone surrogate in the URL becomes U+FFFD', (env) => {
    same(urlOf(env, env.server('/a\ud800b')), env.server('/a%EF%BF%BDb'));
  }),
  clause(
    SECTION,
    'without a base URL null, a number and a path are a SyntaxError',
    (env) => {
      for (const url of [null, undefined, 1, {}, '/echo', 'echo', '//host/']) badUrl(env, url);
    },
    (env) => !inPage(env),
  ),
  clause(
    SECTION,
    'a relative URL is resolved against the base, and http(s) becomes ws(s)',
    (env) => {
      const base = self.document?.baseURI ?? self.location.href;
      for (const url of ['/echo', 'echo', '?a', '', null, 1, '../x', `//${new URL(env.server()).host}/y`]) {
        same(urlOf(env, url), new URL(`${url}`, base).href.replace(/^http/, 'ws'), `${url}`);
      }
    },
    inPage,
  ),
  clause(SECTION, 'a URL that cannot be parsed is a SyntaxError', (env) => {
    for (const url of ['ws://', 'ws://a b/', 'ws://127.0.0.1:65536/', 'ws://[::1', 'ws://a%/', 'ws://1.2.3.256/']) {
      badUrl(env, url);
    }
  }),
  clause(
    SECTION,
    'the empty string without a base URL is a SyntaxError',
    (env) => badUrl(env, ''),
    (env) => !inPage(env),
  ),
  clause(SECTION, 'a scheme other than ws, wss, http and https is a SyntaxError', (env) => {
    for (const url of ['ftp://127.0.0.1/', 'file:///x', 'about:blank', 'data:,x', 'wsx://127.0.0.1/', 'mailto:a@b']) {
      badUrl(env, url);
    }
  }),
  clause(SECTION, 'http becomes ws', (env) => {
    same(urlOf(env, env.server('/a').replace(/^ws/, 'http')), env.server('/a'));
  }),
  clause(SECTION, 'https becomes wss', (env) => {
    const url = 'wss://127.0.0.1:1234/a';
    const socket = new env.WebSocket('https://127.0.0.1:1234/a');
    socket.close();
    same(socket.url, url);
  }),
  clause(SECTION, 'a scheme is case-insensitive', (env) => {
    same(urlOf(env, env.server('/a').replace(/^ws/, 'WS')), env.server('/a'));
    same(urlOf(env, env.server('/a').replace(/^ws/, 'HtTp')), env.server('/a'));
  }),
  clause(SECTION, 'a fragment is a SyntaxError, even an empty one', (env) => {
    for (const end of ['#x', '#', '?a#', '#%23']) badUrl(env, env.server('/echo') + end);
  }),
  clause(SECTION, 'an encoded # is not a fragment', (env) =>
    same(urlOf(env, env.server('/a%23b')), env.server('/a%23b')),
  ),
  clause('URL: serializer', 'the host is lowercased and an empty path is /', (env) => {
    same(urlOf(env, 'ws://LOCALHOST:1234'), 'ws://localhost:1234/');
  }),
  clause('URL: serializer', 'the default port is dropped', (env) => {
    same(urlOf(env, 'ws://127.0.0.1:80/a'), 'ws://127.0.0.1/a');
    same(urlOf(env, 'http://127.0.0.1:80/a'), 'ws://127.0.0.1/a');
    same(urlOf(env, 'ws://127.0.0.1:443/a'), 'ws://127.0.0.1:443/a');
  }),
  clause('URL: parser', 'the path is percent-encoded as UTF-8, and dots are resolved', (env) => {
    same(urlOf(env, env.server('/ü/\u{1f600}')), env.server('/%C3%BC/%F0%9F%98%80'));
    same(urlOf(env, env.server('/a/../b/./c')), env.server('/b/c'));
    same(urlOf(env, ` ${env.server('/a\tb\nc')} `), env.server('/abc'));
  }),
  clause('URL: parser', 'the query is percent-encoded as UTF-8', (env) => {
    same(urlOf(env, env.server("/a?q=ü 'x'")), env.server('/a?q=%C3%BC%20%27x%27'));
    same(urlOf(env, env.server('/a?')), env.server('/a?'));
  }),
  clause('URL: serializer', 'credentials are kept in url', (env) => {
    const url = env.server('/a').replace('//', '//name:pass@');
    same(urlOf(env, url), url);
  }),
  clause(SECTION, 'protocols may be a string', (env) => {
    same(made(env, env.server(), 'chat').readyState, 2);
    badProtocols(env, 'a,b');
  }),
  clause(SECTION, 'a string is requested as one protocol', async (env) => {
    const socket = env.connect('/headers', 'chat');
    same(JSON.parse((await next(socket, 'message')).data)['sec-websocket-protocol'], 'chat');
    await shut(socket);
  }),
  clause('Establish a WebSocket connection', 'several protocols are requested in order', async (env) => {
    same((await asked(env, ['a', 'b', 'A1'])).replaceAll(' ', ''), 'a,b,A1');
  }),
  clause('Establish a WebSocket connection', 'without protocols none is requested', async (env) => {
    same(await asked(env, []), undefined);
  }),
  clause('Web IDL: sequence', 'protocols may be any iterable', async (env) => {
    same(await asked(env, new Set(['one'])), 'one');
    same(
      await asked(
        env,
        (function* () {
          yield 'two';
        })(),
      ),
      'two',
    );
  }),
  clause('Web IDL: sequence', 'a String object is a sequence of its characters', async (env) => {
    same((await asked(env, new String('ab'))).replaceAll(' ', ''), 'a,b');
  }),
  clause('Web IDL: sequence', 'elements of protocols are converted to strings', (env) => {
    same(made(env, env.server(), [1, null, { toString: () => 'x' }]).readyState, 2);
    badProtocols(env, [1, '1']);
    badProtocols(env, [null, 'null']);
    throws(TypeError, () => made(env, env.server(), [Symbol('x')]), 'Symbol in protocols');
  }),
  clause('Web IDL: union', 'undefined as protocols is none, null is the string "null"', (env) => {
    same(made(env, env.server(), undefined).readyState, 2);
    same(made(env, env.server(), null).readyState, 2);
    throws(TypeError, () => made(env, env.server(), Symbol('x')), 'Symbol as protocols');
  }),
  clause(
    'Drop-in addition',
    'an object without an iterator is an option bag',
    async (env) => {
      const socket = new env.WebSocket(env.server('/headers'), env.options({ protocols: 'bag' }));
      same(JSON.parse((await next(socket, 'message')).data)['sec-websocket-protocol'], 'bag');
      await shut(socket);
      throwsDom('SyntaxError', () => new env.WebSocket(env.server(), env.options({ protocols: ['a', 'a'] })), 'bag');
    },
    hasBag,
  ),
  clause(SECTION, 'a protocol that is not a token is a SyntaxError', (env) => {
    for (const char of '()<>@,;:\\"/[]?={} \t\r\n\0\x1f\x7f\x80ü\u{1f600}\ud800') badProtocols(env, [`a${char}b`]);
  }),
  clause(SECTION, 'every other ASCII character is allowed in a protocol', (env) => {
    const token = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
    for (const char of token) same(made(env, env.server(), [char]).readyState, 2, char);
  }),
  clause(SECTION, 'an empty protocol is a SyntaxError', (env) => {
    badProtocols(env, '');
    badProtocols(env, ['a', '']);
  }),
  clause(SECTION, 'a duplicate protocol is a SyntaxError', (env) => badProtocols(env, ['a', 'b', 'a'])),
  clause(SECTION, 'protocols that differ in case only are a SyntaxError, as in web-platform-tests', (env) => {
    badProtocols(env, ['chat', 'Chat']);
  }),
  clause('Web IDL: overloads', 'a third argument is ignored', (env) => {
    const third = {
      get headers() {
        throw new Error('read');
      },
    };
    same(made(env, env.server(), [], third).readyState, 2);
  }),
  clause('Web IDL: overloads', 'arguments are converted from left to right, before they are validated', (env) => {
    const order = [];
    const url = { toString: () => order.push('url') && 'ws://a b/' };
    const protocol = { toString: () => order.push('protocol') && 'a' };
    throwsDom('SyntaxError', () => made(env, url, [protocol]), 'bad URL');
    same(order, ['url', 'protocol']);
    throws(TypeError, () => made(env, 'ws://a b/', [Symbol('x')]), 'bad URL with a Symbol');
  }),
  clause('Web IDL: sequence', 'an exception of an iterator propagates', (env) => {
    const error = new RangeError('mine');
    const thrower = () => {
      throw error;
    };
    const getter = Object.defineProperty({}, Symbol.iterator, { get: thrower });
    throws(error, () => made(env, env.server(), getter), 'getter of Symbol.iterator');
    throws(error, () => made(env, env.server(), { [Symbol.iterator]: thrower }), 'Symbol.iterator');
    throws(error, () => made(env, env.server(), { [Symbol.iterator]: () => ({ next: thrower }) }), 'next');
    throws(TypeError, () => made(env, env.server(), { [Symbol.iterator]: 1 }), 'no function');
  }),
  clause(SECTION, 'an invalid URL is a SyntaxError with and without invalid protocols', (env) => {
    badUrl(env, 'ws://127.0.0.1/#x');
    throwsDom('SyntaxError', () => made(env, 'ws://127.0.0.1/#x', ['a', 'a']), 'both bad');
  }),
  clause(SECTION, 'a new socket has the initial values', (env) => {
    const socket = env.connect('/echo');
    const { url, readyState, bufferedAmount, extensions, protocol, binaryType } = socket;
    const { onopen, onmessage, onerror, onclose } = socket;
    socket.close();
    same(url, env.server('/echo'));
    same([readyState, bufferedAmount, extensions, protocol, binaryType], [0, 0, '', '', 'blob']);
    same([onopen, onmessage, onerror, onclose], [null, null, null, null]);
  }),
  clause('Fetch: bad port', 'a bad port fails the connection and throws nothing', async (env) => {
    for (const port of [25, 6667]) {
      const url = new URL(env.server());
      url.port = `${port}`;
      const socket = env.wire === 'platform' ? new env.WebSocket(url) : new env.WebSocket(url, env.options());
      const types = [];
      for (const type of ['open', 'error', 'close']) socket.addEventListener(type, () => types.push(type));
      const { code, wasClean } = await next(socket, 'close');
      same([types, code, wasClean, socket.readyState], [['error', 'close'], 1006, false, 3]);
    }
  }),
  clause(SECTION, 'url stays the same through the life of a socket', async (env) => {
    const socket = await env.open('/echo?a');
    same(socket.url, env.server('/echo?a'));
    await shut(socket);
    same(socket.url, env.server('/echo?a'));
    holds(typeof socket.url === 'string', 'a string');
  }),
];

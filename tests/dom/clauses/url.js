// The URL: its base, its parsing, and the ports that it may have.
import { carriesBytes, clause, holds, next, same, shut, throwsDom } from '../harness.js';

const inWindow = ({ scope }) => scope === 'window';

/** Fetch 2.8. */
const BAD_PORTS = [
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
  ...[110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530],
  ...[531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190],
  ...[5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
];

function urlOf(env, url) {
  const socket = env.connectTo(url);
  socket.close();
  return socket.url;
}

export default [
  clause(
    'URL: parser',
    'the base is that of the base element',
    (env) => {
      const base = document.createElement('base');
      base.href = 'https://other.example:8443/a/b?c#d';
      document.head.append(base);
      try {
        same(urlOf(env, 'x'), 'wss://other.example:8443/a/x');
        same(urlOf(env, '?y'), 'wss://other.example:8443/a/b?y');
        same(urlOf(env, '//127.0.0.1:1/z'), 'wss://127.0.0.1:1/z');
        base.href = 'mailto:a@b';
      } finally {
        base.remove();
      }
    },
    inWindow,
  ),
  clause(
    'Web IDL: USVString',
    'an <a> and the location are converted to their href',
    (env) => {
      const link = document.createElement('a');
      link.href = env.server('/a b');
      same(urlOf(env, link), env.server('/a%20b'));
      same(urlOf(env, location), location.href.replace('http', 'ws'));
    },
    inWindow,
  ),
  clause('URL: parser', 'NUL and other controls are percent-encoded, tabs and line ends dropped', (env) => {
    same(urlOf(env, env.server('/echo?x\0y')), env.server('/echo?x%00y'));
    same(urlOf(env, env.server('/\x01\x7f')), env.server('/%01%7F'));
    same(urlOf(env, `\0\x1f ${env.server('/a\r\n\tb')}\n \0`), env.server('/ab'));
  }),
  clause('URL: host parser', 'a host is normalised', (env) => {
    same(urlOf(env, 'ws://EXÄMPLE.invalid/'), 'ws://xn--exmple-cua.invalid/');
    same(urlOf(env, 'ws://ex%41mple.invalid/'), 'ws://example.invalid/');
    same(urlOf(env, 'ws://0x7f.1:1234/'), 'ws://127.0.0.1:1234/');
    same(urlOf(env, 'ws://[0:0::1]:1234/'), 'ws://[::1]:1234/');
  }),
  clause('URL: host parser', 'an invalid host is a SyntaxError', (env) => {
    for (const host of ['a b', 'a<b', 'a^b', 'a|b', '[1::2::3]', '1.2.3.4.5', '\u00ad', '%zz', 'a%00b', '']) {
      throwsDom('SyntaxError', () => urlOf(env, `ws://${host}/`), `ws://${host}/`);
    }
  }),
  clause('URL: parser', 'backslashes are slashes, and slashes after the scheme may be few or many', (env) => {
    same(urlOf(env, env.server('\\a\\b')), env.server('/a/b'));
    same(urlOf(env, env.server('/a').replace('://', ':////')), env.server('/a'));
  }),
  clause('URL: serializer', 'a leading zero of the port, an empty port and an empty query mark', (env) => {
    same(urlOf(env, 'ws://127.0.0.1:00081/'), 'ws://127.0.0.1:81/');
    same(urlOf(env, 'wss://127.0.0.1:443'), 'wss://127.0.0.1/');
    same(urlOf(env, 'ws://127.0.0.1:/?'), 'ws://127.0.0.1/?');
  }),
  clause('Establish a WebSocket connection', 'path and query are requested as they are serialised', async (env) => {
    const socket = env.connect('/hello?n=1&ü=%zz');
    same(socket.url, env.server('/hello?n=1&%C3%BC=%zz'));
    same((await next(socket, 'message')).data, '1');
    await shut(socket);
  }),
  clause(
    'Fetch: bad port',
    'bad ports are not connected to',
    async (env) => {
      const connected = [];
      const transport = ({ port }) => {
        connected.push(port);
        throw new Error('not here');
      };
      const close = (port) => next(new env.WebSocket(`ws://127.0.0.1:${port}/`, { transport }), 'close');
      const closes = await Promise.all(BAD_PORTS.map(close));
      same(connected, []);
      holds(
        closes.every(({ code, wasClean }) => code === 1006 && !wasClean),
        'all fail',
      );
      const good = [18, 81, 442, 6001, 10_081, 65_535];
      await Promise.all(good.map(close));
      same(connected.sort(), good.sort());
    },
    carriesBytes,
  ),
];

// A relay as a Cloudflare Worker: one WebSocket for each TCP connection, for clients with a token, to the targets of a list.
import { connect } from 'cloudflare:sockets';

/** What may wait for a target, in bytes: a Worker can't stop a client, so above this the connection is closed. */
const MAX_WAITING = 16 * 1024 * 1024;

export default {
  /** @param {{ TOKENS: string, ALLOW: string, ORIGINS?: string }} env lists, separated by spaces */
  async fetch(request, env) {
    if (request.headers.get('upgrade') !== 'websocket')
      return new Response('A WebSocket is expected.', { status: 426 });
    const { token, target } = parse(new URL(request.url));
    if (!(await isOneOf(token, list(env.TOKENS)))) return new Response('No such token.', { status: 403 });
    const origins = list(env.ORIGINS);
    if (origins.length > 0 && !origins.includes(request.headers.get('origin'))) {
      return new Response('No such origin.', { status: 403 });
    }
    const [client, carrier] = Object.values(new WebSocketPair());
    carrier.binaryType = 'arraybuffer';
    carrier.accept();
    if (list(env.ALLOW).some((entry) => matches(target, entry.toLowerCase()))) relay(carrier, target);
    else carrier.close(1008, 'the target is not in the allow list');
    return new Response(null, { status: 101, webSocket: client });
  },
};

/** The parts of `/TOKEN/TARGET`; `?token=` and `?address=` name them, too. */
function parse({ pathname, searchParams }) {
  const segments = pathname.split('/').slice(1).map(decodeURIComponent);
  const token = searchParams.get('token') ?? segments.shift() ?? '';
  return { token, target: (searchParams.get('address') ?? segments[0] ?? '').toLowerCase() };
}

const list = (text) => (text ?? '').split(/[\s,]+/).filter(Boolean);

/** In a time that doesn't depend on how much is right. */
async function isOneOf(token, tokens) {
  const hash = (text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const own = await hash(token);
  const others = await Promise.all(tokens.map(hash));
  return others.some((other) => crypto.subtle.timingSafeEqual(own, other));
}

/** Whether an entry, `host:port` or `*.example.com:port`, allows a target. */
function matches(target, entry) {
  return entry.startsWith('*.') ? target.endsWith(entry.slice(1)) && isName(target) : target === entry;
}

const isName = (target) => /^[\w.-]+:\d+$/.test(target);

async function relay(carrier, target) {
  const [, hostname, port] = /^\[?(.*?)\]?:(\d+)$/.exec(target) ?? [];
  let socket;
  const end = (code, reason) => {
    try {
      carrier.close(code, reason);
    } catch {
      // It is closed.
    }
    if (code !== 1000) socket?.close().catch(() => {});
  };
  const fail = (error) => end(1011, `${error.message}`.slice(0, 100));
  try {
    socket = connect({ hostname, port: Number(port) });
  } catch (error) {
    // A port that is none or that the platform forbids, for example.
    return fail(error);
  }
  const writer = socket.writable.getWriter();
  let waiting = 0;
  // Later messages wait behind earlier ones in the stream, also until the target is connected.
  carrier.addEventListener('message', ({ data }) => {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
    waiting += bytes.length;
    if (waiting > MAX_WAITING) end(1009, 'the target is too slow');
    const written = () => {
      waiting -= bytes.length;
    };
    writer.write(bytes).then(written, () => {});
  });
  // The writer closes behind what was sent before.
  carrier.addEventListener('close', () => {
    writer.close().catch(() => {});
    end(1000);
  });
  carrier.addEventListener('error', () => end());
  try {
    // Nothing tells how much the carrier has still to send, so a client that reads slowly can't stop the target.
    for await (const chunk of socket.readable) carrier.send(chunk);
    end(1000);
  } catch (error) {
    fail(error);
  }
}

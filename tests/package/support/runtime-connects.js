// Connects as INPUT says, and prints the outcome of each connection: in Node, Deno or Bun.
import { connectionOf, tcp, WebSocket } from 'websocket-wasm';

/** Sends a text and bytes, and closes when they have come back. */
function connect({ url, options, init, env }) {
  for (const [name, value] of Object.entries(env ?? {})) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  /** @type {WebSocket} */
  let socket;
  try {
    const transport = options ? tcp(withBytes(options)) : tcp;
    socket = new WebSocket(url, { transport, handshakeTimeout: 10_000, ...init });
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    return { thrown: name, message };
  }
  socket.binaryType = 'arraybuffer';
  const echoed = [];
  socket.onopen = () => {
    socket.send('hello');
    socket.send(new Uint8Array(200_000).fill(7));
  };
  socket.onmessage = ({ data }) => {
    echoed.push(data.byteLength ?? data);
    if (echoed.length === 2) socket.close(1000);
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code }) => {
      const { failure, tls } = connectionOf(socket);
      resolve({ code, echoed, failure: failure?.code, message: failure?.message, protocol: tls?.protocol });
    };
  });
}

/** Options from JSON, where bytes are text in base64. @returns {import('websocket-wasm').TcpOptions} */
function withBytes({ pfx, ...options }) {
  return pfx === undefined ? options : { ...options, pfx: Uint8Array.from(Buffer.from(pfx, 'base64')) };
}

const outcomes = [];
for (const one of JSON.parse(process.env.INPUT ?? '[]')) outcomes.push(await connect(one));
console.log(JSON.stringify(outcomes));

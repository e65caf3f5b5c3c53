// The check that each consumer runs on the class: sends text and binary to the echo server, and checks the echoes.

/** The result of {@link check}. */
export const CAME_BACK = 'text and binary came back';

/**
 * @param {typeof globalThis.WebSocket} WebSocket
 * @param {string} url
 * @param {object} [options] this package's
 */
export async function check(WebSocket, url, options) {
  const socket = new WebSocket(url, /** @type {any} */ (options));
  socket.binaryType = 'arraybuffer';
  const next = (type) =>
    new Promise((resolve, reject) => {
      socket.addEventListener(type, resolve, { once: true });
      if (type !== 'close') socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)));
    });
  await next('open');
  // The server accepts the offer of every transport; the binary message below is large enough to be compressed.
  if (socket.extensions !== 'permessage-deflate') throw new Error(`the extensions are '${socket.extensions}'`);
  socket.send('zwölf \u{1F600}');
  const text = (await next('message')).data;
  if (text !== 'zwölf \u{1F600}') throw new Error(`text came back as ${text}`);
  const sent = Uint8Array.from({ length: 70_000 }, (_, i) => i);
  socket.send(sent);
  const received = new Uint8Array((await next('message')).data);
  if (`${received}` !== `${sent}`) throw new Error(`${received.length} bytes came back`);
  socket.close(1000, 'done');
  const { code, reason, wasClean } = await next('close');
  if (code !== 1000 || reason !== 'done' || !wasClean) throw new Error(`closed with ${code} ${reason} ${wasClean}`);
  return CAME_BACK;
}

/**
 * The same by TLS over a transport of plain bytes, after the built-in authorities have refused the server: that shows that they
 * are found, too.
 * @param {{ WebSocket: any, connectionOf: any }} module
 * @param {{ transport: any, url: string, ca: string }} server
 * @returns {Promise<string>} the code of the failure if TLS isn't available
 */
export async function checkTls({ WebSocket, connectionOf }, { transport, url, ca }) {
  const untrusted = new WebSocket(url, { transport });
  await new Promise((resolve) => {
    untrusted.onclose = resolve;
  });
  const { code, message } = connectionOf(untrusted).failure;
  if (code === 'tls-unavailable') return code;
  if (code !== 'tls-certificate-unknown-issuer') throw new Error(`${code}: ${message}`);
  return check(WebSocket, url, { transport, tls: { ca } });
}

/**
 * The same with the class of streams.
 * @param {typeof import('websocket-wasm/stream').WebSocketStream} WebSocketStream
 * @param {string} url
 */
export async function checkStream(WebSocketStream, url) {
  const stream = new WebSocketStream(url);
  const { readable, writable } = await stream.opened;
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const sent = Uint8Array.from({ length: 70_000 }, (_, i) => i);
  writer.write('zwölf \u{1F600}');
  writer.write(sent);
  const { value: text } = await reader.read();
  if (text !== 'zwölf \u{1F600}') throw new Error(`text came back as ${text}`);
  const { value: received } = await reader.read();
  if (`${received}` !== `${sent}`) throw new Error(`${received?.length} bytes came back`);
  stream.close({ closeCode: 1000, reason: 'done' });
  const { closeCode, reason } = await stream.closed;
  if (closeCode !== 1000 || reason !== 'done') throw new Error(`closed with ${closeCode} ${reason}`);
  return CAME_BACK;
}

let requests = 0;

/**
 * For a runtime that ends what a request has started together with it: the socket of the first request stays open, and that
 * of the second one pings all the same.
 * @param {{ WebSocket: any, connectionOf: any }} module
 * @param {string} url
 */
export async function checkKeepAlive({ WebSocket, connectionOf }, url) {
  requests += 1;
  const socket = new WebSocket(url, { keepAlive: { interval: 50, timeout: 10_000 } });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  });
  if (requests === 1) return 'left open';
  const pinged = new Promise((resolve) => {
    connectionOf(socket).trace(({ sent, opcode }) => sent && opcode === 9 && resolve('a ping'));
  });
  const late = new Promise((resolve) => {
    setTimeout(resolve, 10_000, 'no ping');
  });
  return Promise.race([pinged, late]);
}

/** The number of requests that {@link checkFlushes} needs: all but the last leave a socket open while it echoes. */
export const FLUSH_REQUESTS = 6;

/**
 * For the same kind of runtime: requests end while flushed bytes of theirs have yet to be reported, and those of the last one
 * are reported all the same.
 * @param {{ WebSocket: any }} module
 * @param {{ echo: string, silent: string }} servers `silent` never sends anything: events report flushed bytes, too
 */
export async function checkFlushes({ WebSocket }, { echo, silent }) {
  requests += 1;
  const isLast = requests === FLUSH_REQUESTS;
  const socket = new WebSocket(isLast ? silent : echo);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  });
  if (!isLast) {
    let echoes = 0;
    await new Promise((resolve) => {
      socket.onmessage = () => {
        echoes += 1;
        socket.send('more');
        if (echoes === 20) resolve(undefined);
      };
      socket.send('first');
    });
    return 'left open';
  }
  socket.send('text');
  for (let i = 0; i < 1000; i += 1) {
    if (socket.bufferedAmount === 0) return 'flushed';
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
  return 'never flushed';
}

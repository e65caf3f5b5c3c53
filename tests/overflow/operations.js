// Each method and attribute of a socket, to be called with no stack left.
const large = 'x'.repeat(1_100_000);
const bytes = new Uint8Array(100);
const blob = new Blob(['blob']);

/**
 * @param {{ WebSocket: any, connectionOf: (socket: any) => any }} api the package
 * @param {string} url of an echo server
 * @param {object} options the constructor's
 * @returns {Record<string, (socket: any) => void>} by name
 */
export function operations({ WebSocket, connectionOf }, url, options) {
  const construct = (more) => {
    const socket = new WebSocket(url, { ...options, ...more });
    socket.onopen = () => socket.close();
  };
  const quietly = (promise) => promise.then(undefined, () => {});
  return {
    'send(text)': (socket) => socket.send('text'),
    'send(large text)': (socket) => socket.send(large),
    'send(view)': (socket) => socket.send(bytes),
    'send(buffer)': (socket) => socket.send(bytes.buffer),
    'send(blob)': (socket) => socket.send(blob),
    'close()': (socket) => socket.close(),
    'close(code, reason)': (socket) => socket.close(4000, 'bye'),
    url: (socket) => socket.url,
    readyState: (socket) => socket.readyState,
    bufferedAmount: (socket) => socket.bufferedAmount,
    protocol: (socket) => socket.protocol,
    extensions: (socket) => socket.extensions,
    binaryType: (socket) => {
      socket.binaryType = 'arraybuffer';
    },
    'onmessage, set and taken away': (socket) => {
      socket.onmessage = () => {};
      socket.onmessage = null;
    },
    'ping()': (socket) => quietly(connectionOf(socket).ping()),
    'trace()': (socket) => connectionOf(socket).trace(null),
    failure: (socket) => connectionOf(socket).failure,
    'new WebSocket(url)': () => construct({}),
    'new WebSocket(url, options)': () => construct({ protocols: ['chat'], signal: new AbortController().signal }),
  };
}

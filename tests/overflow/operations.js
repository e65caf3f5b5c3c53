// Every method and attribute of a socket, and abort() of its signal, to be called with almost no stack left.
const large = 'x'.repeat(1_100_000);
const bytes = new Uint8Array(100);
/** Written while it is sent, over the relay. */
const long = new Uint8Array(70_000);
const blob = new Blob(['blob']);

/**
 * @typedef {object} Operation
 * @property {(subject: any) => unknown} operate
 * @property {() => Promise<{ socket: any }>} [prepare] makes the subject, whose socket must end; by default the subject is an open
 *   socket
 */

/**
 * @param {{ WebSocket: any, connectionOf: (socket: any) => any }} api the package
 * @param {string} url of an echo server
 * @param {object} options the constructor's
 * @returns {Record<string, Operation>} by name
 */
export function operations({ WebSocket, connectionOf }, url, options) {
  const construct = (more) => {
    const socket = new WebSocket(url, { ...options, ...more });
    socket.onopen = () => socket.close();
    return socket;
  };
  const quietly = (promise) => promise.then(undefined, () => {});
  const onSocket = {
    'send(text)': (socket) => socket.send('text'),
    'send(large text)': (socket) => socket.send(large),
    'send(view)': (socket) => socket.send(bytes),
    'send(long view)': (socket) => socket.send(long),
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
    'the getter of binaryType': (socket) => socket.binaryType,
    'onmessage, set and removed': (socket) => {
      socket.onmessage = () => {};
      socket.onmessage = null;
    },
    'the getters of the event handlers': (socket) => [socket.onopen, socket.onmessage, socket.onerror, socket.onclose],
    'addEventListener(), removeEventListener()': (socket) => {
      const listener = () => {};
      socket.addEventListener('message', listener);
      socket.removeEventListener('message', listener);
    },
    'ping()': (socket) => quietly(connectionOf(socket).ping()),
    'trace()': (socket) => connectionOf(socket).trace(null),
    'trace(listener)': (socket) => connectionOf(socket).trace(() => {}),
    'addEventListener() of the connection, with a ping listener': (socket) => {
      connectionOf(socket).addEventListener('ping', () => {});
    },
    'send(text) of the connection': (socket) => connectionOf(socket).send('text', { compress: false }),
    'terminate()': (socket) => connectionOf(socket).terminate(),
    statistics: (socket) => connectionOf(socket).statistics,
    failure: (socket) => connectionOf(socket).failure,
    'new WebSocket(url)': () => construct({}),
    'new WebSocket(url, options)': () => construct({ protocols: ['chat'], signal: new AbortController().signal }),
  };
  return {
    ...Object.fromEntries(Object.entries(onSocket).map(([name, operate]) => [name, { operate }])),
    'abort() of the signal': {
      prepare: async () => {
        const controller = new AbortController();
        const socket = construct({ signal: controller.signal });
        // In microtasks the socket starts to listen to its signal, and to connect.
        for (let hops = 0; hops < 5; hops += 1) await undefined;
        return { controller, socket };
      },
      operate: ({ controller }) => controller.abort(),
    },
  };
}

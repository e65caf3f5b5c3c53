// In the page: what is compared, behind one interface. Each is loaded only in its own page.

/**
 * A connection: `send` takes strings and ArrayBuffers.
 * @typedef {{ send: (data: string | ArrayBuffer) => unknown, close: () => void }} Connection
 */

/**
 * Connects to a URL. Messages are passed to the callback as strings or in the contender's own type for bytes.
 * @typedef {(url: string, onMessage: (data: any) => void, onEnd: (error: Error) => void) => Promise<Connection>} Connect
 */

/** @type {Record<string, (relay: string) => Promise<Connect>>} */
export const CONTENDERS = {
  native: async () => connector((url) => new WebSocket(url)),
  overNative: async () => {
    const { WebSocket, native } = await import(/** @type {any} */ ('/dist/browser.js'));
    return connector((url) => new WebSocket(url, { transport: native }));
  },
  overWisp: async (relay) => {
    const { WebSocket, wisp } = await import(/** @type {any} */ ('/dist/browser.js'));
    const transport = wisp(relay);
    return connector((url) => new WebSocket(url, { transport, perMessageDeflate: false }));
  },
  libcurl: async (relay) => {
    const { libcurl } = await import(/** @type {any} */ ('/libcurl.js'));
    await libcurl.load_wasm();
    libcurl.set_websocket(relay);
    return connector((url) => new libcurl.WebSocket(url));
  },
  epoxy,
};

/**
 * For classes with the interface of `WebSocket`.
 * @param {(url: string) => any} construct
 * @returns {Connect}
 */
function connector(construct) {
  return (url, onMessage, onEnd) =>
    new Promise((resolve) => {
      const socket = construct(url);
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => resolve(socket);
      socket.onmessage = ({ data }) => onMessage(data);
      socket.onerror = () => onEnd(new Error(`${url} failed`));
      socket.onclose = () => onEnd(new Error(`${url} was closed`));
    });
}

/** @param {string} relay */
async function epoxy(relay) {
  const { default: load, ...module } = await import(/** @type {any} */ ('/epoxy.js'));
  await load();
  const options = new module.EpoxyClientOptions();
  options.wisp_v2 = false;
  const client = new module.EpoxyClient(relay, options);
  return async (url, onMessage, onEnd) => {
    const ended = (error) => onEnd(new Error(`${url} ended: ${error}`));
    const handlers = new module.EpoxyHandlers(() => {}, ended, ended, onMessage);
    const socket = await client.connect_websocket(handlers, url, [], {});
    return {
      // Not awaited: it keeps the order.
      send: (data) => void socket.send(data).catch(ended),
      close: () => void socket.close(1000, ''),
    };
  };
}

// Runs a library's client on this class: the same code in Node and in a page.

/**
 * Each library: its client, and the server it talks to; `by: 'global'` if it has no option for the class.
 * @type {Record<string, { load: () => Promise<{ expected: unknown, use: (given: any) => Promise<unknown> }>, server: string,
 *   by?: 'global' }>}
 */
export const clients = {
  partysocket: { load: () => import('./partysocket.js'), server: 'echo' },
  'reconnecting-websocket': { load: () => import('./reconnecting-websocket.js'), server: 'echo' },
  'socket.io': { load: () => import('./socket.io.js'), server: 'socket.io' },
  'graphql-ws': { load: () => import('./graphql-ws.js'), server: 'graphql-ws' },
  mqtt: { load: () => import('./mqtt.js'), server: 'mqtt' },
  'y-websocket': { load: () => import('./y-websocket.js'), server: 'y-websocket' },
  trpc: { load: () => import('./trpc.js'), server: 'trpc' },
  'rpc-websockets': { load: () => import('./rpc-websockets.js'), server: 'rpc-websockets' },
  signalr: { load: () => import('./signalr.js'), server: 'signalr' },
  phoenix: { load: () => import('./phoenix.js'), server: 'phoenix' },
  supabase: { load: () => import('./supabase.js'), server: 'supabase' },
  centrifuge: { load: () => import('./centrifuge.js'), server: 'centrifuge' },
  viem: { load: () => import('./viem.js'), server: 'viem', by: 'global' },
};

/**
 * @typedef {object} Given the arguments of a client
 * @property {string} url the server's
 * @property {() => unknown} drop makes the server drop every connection
 * @property {typeof globalThis.WebSocket} [WebSocket] the class, for the library's option; without it the library uses the global
 */

/**
 * Runs a client to its end.
 * @param {string} library
 * @param {{ WebSocket: typeof globalThis.WebSocket, by: 'option' | 'global', url: string, drop: () => unknown }} how
 * @returns {Promise<{ result: unknown, expected: unknown, made: number }>} `made` counts the instances of this class
 */
export async function run(library, { WebSocket, by, url, drop }) {
  let made = 0;
  // Counts the class's instances.
  const Counted = new Proxy(WebSocket, {
    construct(target, args, newTarget) {
      made += 1;
      return Reflect.construct(target, args, newTarget);
    },
  });
  // Before the library is loaded: some look up the class at that time.
  if (by === 'global') globalThis.WebSocket = Counted;
  const { expected, use } = await clients[library].load();
  const result = await use({ url, drop, ...(by === 'option' && { WebSocket: Counted }) });
  return { result, expected, made };
}

// A process that both imports and requires the package's entries: `one.cjs import` imports each entry first, `one.cjs
// require` requires it first. Prints `one class`, or the values that the two don't share.
const { readFileSync } = require('node:fs');

// Literally, so that bundlers see them. The slim entry is first, before another one has loaded the core.
const ENTRIES = {
  slim: { import: () => import('websocket-wasm/slim'), require: () => require('websocket-wasm/slim') },
  deflate: { import: () => import('websocket-wasm/deflate'), require: () => require('websocket-wasm/deflate') },
  tls: { import: () => import('websocket-wasm/tls'), require: () => require('websocket-wasm/tls') },
  transports: {
    import: () => import('websocket-wasm/transports'),
    require: () => require('websocket-wasm/transports'),
  },
  main: { import: () => import('websocket-wasm'), require: () => require('websocket-wasm') },
  web: { import: () => import('websocket-wasm/web'), require: () => require('websocket-wasm/web') },
  stream: { import: () => import('websocket-wasm/stream'), require: () => require('websocket-wasm/stream') },
  har: { import: () => import('websocket-wasm/har'), require: () => require('websocket-wasm/har') },
  polyfill: { import: () => import('websocket-wasm/polyfill'), require: () => require('websocket-wasm/polyfill') },
};

async function main(order, url) {
  const two = [];
  const shared = new Map();
  const halves = {};
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const load = { import: async () => ({ ...(await entry.import()) }), require: async () => ({ ...entry.require() }) };
    const [first, second] =
      order === 'import' ? [await load.import(), await load.require()] : [await load.require(), await load.import()];
    // What require() returns, as an export of which esbuild doesn't know that.
    for (const each of [first, second]) delete each['module.exports'];
    halves[name] = [first, second];
    if (`${Object.keys(first).sort()}` !== `${Object.keys(second).sort()}`) {
      two.push(`${name} exports ${Object.keys(first)} and ${Object.keys(second)}`);
    }
    for (const each of [first, second]) {
      for (const [key, value] of Object.entries(each)) {
        // Each entry has its own promise.
        const id = key === 'ready' ? `${name}'s ${key}` : key;
        if ((shared.get(id) ?? value) !== value) two.push(`${name} has another ${key}`);
        shared.set(id, value);
      }
    }
    if (name === 'slim') await first.init(readFileSync(require.resolve('websocket-wasm/websocket_wasm.wasm')));
    // Before the next entry loads the core.
    if (name === 'slim') await works(second.WebSocket, first.connectionOf, url);
  }

  const [first, second] = halves.main;
  let calls = 0;
  const counted = (target) => {
    calls += 1;
    return first.tcp(target);
  };
  first.configure({ transport: counted });
  await works(second.WebSocket, first.connectionOf, url);
  await works(first.WebSocket, second.connectionOf, url);
  await works(globalThis.WebSocket, second.connectionOf, url);
  const stream = new halves.stream[1].WebSocketStream(url);
  await stream.opened;
  stream.close();
  await stream.closed;
  if (calls !== 4) two.push(`configure() of one half held for ${calls} of 4 connections`);
  return two.length > 0 ? two.join('; ') : 'one class';
}

/** Opens a socket by the class of one half, and gets its connection from the other. */
async function works(WebSocket, connectionOf, url) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = () => reject(new Error(`closed: ${connectionOf(socket).failure}`));
  });
  await connectionOf(socket).ping();
  socket.onclose = null;
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  socket.close();
  await closed;
}

main(process.argv[2], process.argv[3]).then(console.log, (error) => {
  console.log(error.stack ?? error);
  process.exitCode = 1;
});

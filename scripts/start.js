// `npm start`: sets up, builds, and serves the page, an echo server and a relay. Ctrl-C stops all of them.
import { join } from 'node:path';
import { build } from './build.js';
import { fail, root, say } from './run.js';
import { startEcho, startRelay } from './servers.js';
import { setUp } from './setup/index.js';

/** Preferred ports; if one is in use, any free one replaces it. */
const PORTS = { page: Number(process.env.PORT ?? 8080), echo: 8081, relay: 8082 };

async function start() {
  await setUp(['dist']);
  await build({ types: false });
  say('starting the echo server, the relay and the page ...');
  const echo = await onPort(PORTS.echo, (port) => startEcho({ port }));
  const relay = await onPort(PORTS.relay, (port) => startRelay({ port, targets: [echo.port] }));
  const page = await servePage({ echo: echo.url, relay: relay.url });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      say('stopping ...');
      await Promise.all([page.close(), relay.close(), echo.close()]);
      process.exit(0);
    });
  }
  say(`echo server ${echo.url}  relay ${relay.url} (it connects only to the echo server)  Ctrl-C stops`);
  console.log(page.resolvedUrls?.local[0]);
}

async function onPort(port, startOn) {
  try {
    return await startOn(port);
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return startOn(0);
  }
}

async function servePage(servers) {
  const { createServer } = await import('vite');
  const vite = await createServer({
    configFile: join(root, 'www', 'vite.config.js'),
    clearScreen: false,
    logLevel: 'warn',
    server: { host: '127.0.0.1', port: PORTS.page, strictPort: false },
    plugins: [tellServers(servers)],
  });
  return vite.listen();
}

/** Serves /servers.json: the URLs of the servers started with the page. */
function tellServers(servers) {
  return {
    name: 'tell-servers',
    configureServer({ middlewares }) {
      middlewares.use('/servers.json', (_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(servers));
      });
    },
  };
}

await start().catch(fail);

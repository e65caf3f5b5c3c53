// `npm start`: sets up, builds, and serves the page, two echo servers and two relays. Ctrl-C stops all of them.
// With --built it serves the build that is there: two builds at a time would overwrite each other's files.
import { join } from 'node:path';
import { build } from './build.js';
import { fail, root, say } from './run.js';
import { startEcho, startRelay } from './servers.js';
import { setUp } from './setup/index.js';
import { startStreamRelay } from './stream-relay.js';

/** Preferred ports; if one is in use, any free one replaces it. */
const PORTS = { page: Number(process.env.PORT ?? 8080), echo: 8081, relay: 8082, tlsEcho: 8083, single: 8084 };

async function start() {
  if (!process.argv.includes('--built')) {
    await setUp(['dist']);
    await build({ types: false });
  }
  say('starting the echo servers, the relays and the page ...');
  const { authority, certificate } = await makeCertificate();
  const echo = await onPort(PORTS.echo, (port) => startEcho({ port }));
  // Without context takeover, npm's ws compresses only messages of 1 KiB and more: shorter frames stay readable.
  const perMessageDeflate = { serverNoContextTakeover: true };
  const tlsEcho = await onPort(PORTS.tlsEcho, (port) => startEcho({ port, certificate, perMessageDeflate }));
  const targets = [echo.port, tlsEcho.port];
  const relay = await onPort(PORTS.relay, (port) => startRelay({ port, targets }));
  const single = await onPort(PORTS.single, (port) => startStreamRelay({ port, targets }));
  const page = await servePage({
    echo: echo.url,
    tlsEcho: tlsEcho.url,
    ca: authority.certPem,
    relay: relay.url,
    template: single.template,
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      say('stopping ...');
      await Promise.all([page.close(), single.close(), relay.close(), echo.close(), tlsEcho.close()]);
      process.exit(0);
    });
  }
  const relays = `relays ${relay.url} and ${single.template} (they connect only to these)`;
  say(`echo servers ${echo.url} and ${tlsEcho.url}  ${relays}  Ctrl-C stops`);
  console.log(page.resolvedUrls?.local[0]);
}

/** A certificate for loopback, of an authority that exists as long as this process. */
async function makeCertificate() {
  // Its packages are there once the set-up is done.
  const { createAuthority } = await import('./certificates.js');
  const authority = createAuthority({ name: 'Authority of npm start' });
  return { authority, certificate: authority.issue({ names: ['localhost', '127.0.0.1', '::1'] }) };
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

/** Serves /servers.json: the URLs of the servers started with the page, and the authority of the one with TLS. */
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

// needs: rust chromium firefox
// webTransport passes the contract of a transport, through the relay of examples/relay-webtransport.
import { buildRelay, startRelay } from '../support/relays/web-transport.js';
import { testTransport } from '../transports/contract/index.js';

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  testTransport({
    name: `webTransport, ${browser}`,
    page: { browser },
    start: async ({ hostname, ports }) => {
      const allow = ports.flatMap((port) => [`${hostname}:${port}`, `localhost:${port}`]);
      const { url, hash, close } = await startRelay(await buildRelay(), { allow, env: { RELAY_ALLOW_PRIVATE: '1' } });
      return { args: { url, hash }, close };
    },
    make: ({ webTransport }, { url, hash }) => {
      const serverCertificateHashes = [{ algorithm: 'sha-256', value: new Uint8Array(hash) }];
      return webTransport(url, { serverCertificateHashes });
    },
  });
}

// tcp() passes the contract through proxies of npm: proxy-chain, and socks5-server.
import * as exports from '../package/support/installed.js';
import { startHttpProxy, startSocksProxy } from '../support/servers/proxies.js';
import { localhost, root } from '../support/tls/pki.js';
import { testTransport } from './contract/index.js';

const KINDS = {
  'http proxy': { startProxy: () => startHttpProxy(), lacks: [] },
  // TLS ends both directions in Node.
  'https proxy': { startProxy: () => startHttpProxy({ certificate: localhost() }), lacks: ['halfClose'] },
  'SOCKS proxy': { startProxy: () => startSocksProxy(), lacks: [] },
};
for (const [kind, { startProxy, lacks }] of Object.entries(KINDS)) {
  testTransport({
    name: `tcp, ${kind}`,
    exports,
    // The proxies end what was reset.
    lacks: /** @type {any[]} */ (['sendsAfterEnd', 'reportsReset', ...lacks]),
    start: async () => {
      const { url, close } = await startProxy();
      return { args: url, close };
    },
    make: ({ tcp }, url) => tcp({ proxy: url.startsWith('https:') ? { url, ca: root().certPem } : url }),
  });
}

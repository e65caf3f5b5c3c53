// The transports of the page's menu.
import { native, wisp } from 'websocket-wasm';
import { relay, webTransport } from 'websocket-wasm/transports';

/**
 * By the value in the menu: how to make it of the relay's URL or template and the options of TLS, and which of the page's
 * servers is its relay.
 * @type {Record<string, { make: (url: string, tls: { ca: string | undefined }) => any, relay?: 'relay' | 'template' | 'webTransport' }>}
 */
export const TRANSPORTS = {
  wisp: { make: (url, tls) => wisp(url, { tls }), relay: 'relay' },
  relay: { make: (template, tls) => relay(template, { tls }), relay: 'template' },
  webTransport: { make: (url, tls) => webTransport(url, { tls }), relay: 'webTransport' },
  native: { make: () => native },
};

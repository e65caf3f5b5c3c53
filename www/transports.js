// The transports of the page's menu.
import { native, wisp } from 'websocket-wasm';
import { relay } from 'websocket-wasm/transports';

/**
 * By the value in the menu: how to make it of the relay's URL or template and the options of TLS, and which of the servers
 * that `npm start` runs is its relay.
 * @type {Record<string, { make: (url: string, tls: { ca: string | undefined }) => any, relay?: 'relay' | 'template' }>}
 */
export const TRANSPORTS = {
  wisp: { make: (url, tls) => wisp(url, { tls }), relay: 'relay' },
  relay: { make: (template, tls) => relay(template, { tls }), relay: 'template' },
  native: { make: () => native },
};

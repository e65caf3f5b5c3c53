// Every other entry of the package.
import { init, initSync, WebSocket as Slim } from 'websocket-wasm/slim';
import { native, type Transport, wisp } from 'websocket-wasm/transports';
import { ready, WebSocket as Web } from 'websocket-wasm/web';
import 'websocket-wasm/polyfill';
import type { WebSocket } from 'websocket-wasm';

export const same: (typeof WebSocket)[] = [Slim, Web];
export const loaded: Promise<void>[] = [
  ready,
  init(new URL('https://host/websocket_wasm.wasm')),
  init(fetch('/websocket_wasm.wasm')),
  init(new Uint8Array(8)),
];
initSync(new Uint8Array(8));
// @ts-expect-error: nothing to compile
init(1);
// @ts-expect-error: a URL can't be loaded at once
initSync('websocket_wasm.wasm');
export const transports: Transport[] = [native, wisp('ws://relay.example/')];

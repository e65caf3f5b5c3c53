// The types for CommonJS in Node.
import Default, { configure, tcp, type WebSocket } from 'websocket-wasm';

import wasm = require('websocket-wasm');
import slim = require('websocket-wasm/slim');

configure({ transport: tcp });
export const socket: WebSocket = new wasm.WebSocket('ws://host/');
export const loaded: Promise<void> = slim.init(new Uint8Array(8));

// `require()` returns the class, with the exports as its properties.
import stream = require('websocket-wasm/stream');

export const ours: WebSocket = new wasm('ws://host/', { protocols: ['chat'], headers: { 'X-Token': 'secret' } });
export const theirs: typeof wasm.WebSocket = wasm;
export const classes: (typeof wasm.WebSocket)[] = [Default, wasm.default, slim, slim.WebSocket, stream];
export const state: 1 = wasm.OPEN;
export class Authorized extends wasm {
  constructor(url: string | URL, protocols?: string[]) {
    super(url, { protocols: protocols ?? [], headers: { Authorization: 'Bearer secret' } });
  }
}
export const connection: wasm.Connection | undefined = wasm.connectionOf(new Authorized('ws://host/'));
export const streamed: stream.WebSocketStream = new stream.WebSocketStream('ws://host/');
export const transport: wasm.Transport = wasm.tcp({ path: '/run/app.sock' });
// @ts-expect-error: no such option
new wasm('ws://host/', { agent: undefined });
// @ts-expect-error: this is a client
export const server: unknown = wasm.WebSocketServer;

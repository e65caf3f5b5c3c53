// The types for CommonJS in Node.
import { configure, tcp, type WebSocket } from 'websocket-wasm';

import wasm = require('websocket-wasm');
import slim = require('websocket-wasm/slim');

configure({ transport: tcp });
export const socket: WebSocket = new wasm.WebSocket('ws://host/');
export const loaded: Promise<void> = slim.init(new Uint8Array(8));

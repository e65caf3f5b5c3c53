// `websocket-wasm/polyfill` in Node, Deno and Bun.
import { install } from '../polyfill.ts';
import './node.ts';

install();

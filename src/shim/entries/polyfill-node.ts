// `websocket-wasm/polyfill` in Node, Deno and Bun.
import { install } from '../install.ts';
import './node.ts';

install();

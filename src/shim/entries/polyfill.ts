// `websocket-wasm/polyfill` in a page or a worker.
import { install } from '../polyfill.ts';
import './browser.ts';

install();

// `websocket-wasm/polyfill` in a page or a worker.
import { install } from '../install.ts';
import './browser.ts';

install();

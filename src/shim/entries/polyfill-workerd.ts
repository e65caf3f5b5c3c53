// `websocket-wasm/polyfill` in Cloudflare's workerd.
import { install } from '../polyfill.ts';
import './workerd.ts';

install();

// `websocket-wasm/polyfill` in Cloudflare's workerd.
import { install } from '../install.ts';
import './workerd.ts';

install();

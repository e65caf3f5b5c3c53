// `websocket-wasm/slim` in Cloudflare's workerd: with `tcp`, which is the default there.

import { tcp } from '../transports/tcp-workerd.ts';
import { supplyCodec } from '../wasm/codec.ts';
import { configure } from '../websocket/defaults.ts';
import codec from './codec.wasm';

export * from '../index.ts';
export * from '../wasm/init.ts';
export { tcp };

supplyCodec(() => codec);
configure({ transport: tcp });

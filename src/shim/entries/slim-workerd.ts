// `websocket-wasm/slim` in Cloudflare's workerd: with `tcp`, which is the default there.

import { configure } from '../arguments/defaults.ts';
import { tcp } from '../transports/tcp-workerd.ts';
import { supplyCodec } from '../wasm/codec.ts';
import codec from './codec.wasm';

export * from '../index.ts';
export * from '../wasm/init.ts';
export { tcp };

supplyCodec(() => codec);
configure({ transport: tcp });

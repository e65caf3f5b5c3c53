// `websocket-wasm` in Cloudflare's workerd, which compiles no wasm at run time: the file is imported as a module.

import { configure } from '../arguments/defaults.ts';
import { tcp } from '../transports/tcp-workerd.ts';
import { supplyCodec } from '../wasm/codec.ts';
import { loadSync } from '../wasm/load.ts';
import codec from './codec.wasm';
import module from './websocket_wasm.wasm';

export * from '../index.ts';
export { tcp };

loadSync(module);
supplyCodec(() => codec);
configure({ transport: tcp });

// `websocket-wasm` in Cloudflare's workerd: it compiles no wasm at run time, so the file is imported as a module.

import { supplyCodec } from '../codec.ts';
import { configure } from '../configure.ts';
import { loadSync } from '../loading.ts';
import { tcp } from '../transports/tcp-workerd.ts';
import codec from './codec.wasm';
import module from './websocket_wasm.wasm';

export * from '../index.ts';
export { tcp };

loadSync(module);
supplyCodec(() => codec);
configure({ transport: tcp });

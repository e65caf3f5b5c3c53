// `websocket-wasm` in Cloudflare's workerd, which compiles no wasm at run time: the file is imported as a module.

import { configure } from '../arguments/defaults.ts';
import { inlinedRoots } from '../inlined/roots.ts';
import { host } from '../platform/host.ts';
import { tcp } from '../transports/tcp/workerd.ts';
import { supplyCodec } from '../wasm/codec.ts';
import { loadSync } from '../wasm/load.ts';
import { supplyTls } from '../wasm/tls-files.ts';
import codec from './codec.wasm';
import module from './websocket_wasm.wasm';

export * from '../index.ts';
export { WebSocket as default } from '../index.ts';
export type { TcpOptions } from '../transports/tcp/workerd.ts';
export { tcp };

loadSync(module);
supplyCodec(() => codec);
supplyTls(async () => ({ module: (await import('./tls.wasm')).default, roots: inlinedRoots }));
configure({ transport: tcp });
host.ownTimers = true;

// `websocket-wasm/slim` in Cloudflare's workerd: with `tcp`, which is the default there.

import { configure } from '../arguments/defaults.ts';
import { inlinedRoots } from '../inlined/roots.ts';
import { host } from '../platform/host.ts';
import { tcp } from '../transports/tcp/workerd.ts';
import { supplyCodec } from '../wasm/codec.ts';
import { supplyTls } from '../wasm/tls-files.ts';
import codec from './codec.wasm';

export * from '../index.ts';
export { WebSocket as default } from '../index.ts';
export type { TcpOptions } from '../transports/tcp/workerd.ts';
export * from '../wasm/init.ts';
export { tcp };

supplyCodec(() => codec);
supplyTls(async () => ({ module: (await import('./tls.wasm')).default, roots: inlinedRoots }));
configure({ transport: tcp });
host.ownTimers = true;

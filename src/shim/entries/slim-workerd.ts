// `websocket-wasm/slim` in Cloudflare's workerd: with `tcp`, which is the default there.
import { supplyCodec } from '../codec.ts';
import { configure } from '../configure.ts';
import { tcp } from '../transports/tcp-workerd.ts';
import codec from './codec.wasm';

export * from '../index.ts';
export * from '../init.ts';
export { tcp };

supplyCodec(() => codec);
configure({ transport: tcp });

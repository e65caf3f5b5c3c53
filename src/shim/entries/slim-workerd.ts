// `websocket-wasm/slim` in Cloudflare's workerd: with `tcp`, which is the default there.
import { configure } from '../configure.ts';
import { tcp } from '../transports/tcp-workerd.ts';

export * from './slim.ts';
export { tcp };

configure({ transport: tcp });

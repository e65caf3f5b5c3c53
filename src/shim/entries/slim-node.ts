// `websocket-wasm/slim` in Node, Deno and Bun: with `tcp`, which is the default there.
import { configure } from '../configure.ts';
import { tcp } from '../transports/tcp.ts';

export * from './slim.ts';
export { tcp };

configure({ transport: tcp });

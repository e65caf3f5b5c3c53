// `websocket-wasm` in Node, Deno and Bun: with `tcp`, which is the default there.
import '../inlined.ts';
import { configure } from '../configure.ts';
import { tcp } from '../transports/tcp.ts';

export * from '../index.ts';
export { tcp };

configure({ transport: tcp });

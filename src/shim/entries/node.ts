// `websocket-wasm` in Node, Deno and Bun: with `tcp`, which is the default there.
import '../inlined.ts';
import { supplyCodec } from '../codec.ts';
import { configure } from '../configure.ts';
import { inlinedCodec } from '../inlined-codec.ts';
import { tcp } from '../transports/tcp.ts';

export * from '../index.ts';
export { tcp };

supplyCodec(inlinedCodec);
configure({ transport: tcp });

// `websocket-wasm` in Node, Deno and Bun: with `tcp`, which is the default there.
import '../inlined/core.ts';
import { configure } from '../arguments/defaults.ts';
import { inlinedCodec } from '../inlined/codec.ts';
import '../node/inspect.ts';
import { tcp } from '../transports/tcp/transport.ts';
import { supplyCodec } from '../wasm/codec.ts';
import { supplyTls } from '../wasm/tls-files.ts';

export * from '../index.ts';
export { WebSocket as default } from '../index.ts';
export type { TcpOptions, TcpProxy } from '../transports/tcp/options.ts';
export { tcp };

supplyCodec(inlinedCodec);
supplyTls(async () => (await import('../inlined/tls-files.ts')).tlsFiles());
configure({ transport: tcp });

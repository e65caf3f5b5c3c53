// `websocket-wasm/deflate`: the codec inside a module, for pages whose bundler doesn't bring files along by their URL, and
// those whose Content-Security-Policy lets them fetch none. Elsewhere it is there already, or comes by itself.

import { inlinedCodec } from '../inlined/codec.ts';
import { supplyCodec } from '../wasm/codec.ts';

supplyCodec(inlinedCodec);

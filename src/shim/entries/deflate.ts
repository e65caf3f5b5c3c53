// `websocket-wasm/deflate`: the codec inlined, for pages whose bundler doesn't copy files named by `new URL()`, or whose
// Content-Security-Policy forbids fetching one. Elsewhere the codec is loaded without this entry.

import { inlinedCodec } from '../inlined/codec.ts';
import { supplyCodec } from '../wasm/codec.ts';

supplyCodec(inlinedCodec);

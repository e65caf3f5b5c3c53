// `websocket-wasm/tls`: the TLS module and the built-in authorities inlined, for pages whose bundler doesn't copy files named
// by `new URL()`, or whose Content-Security-Policy forbids fetching them. Elsewhere they are loaded without this entry.

import { inlinedRoots } from '../inlined/roots.ts';
import { inlinedTls } from '../inlined/tls.ts';
import { supplyTls } from '../wasm/tls-files.ts';

supplyTls(() => ({ module: inlinedTls(), roots: inlinedRoots }));

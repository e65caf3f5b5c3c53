// Imports of the `.wasm` files and of `roots.bin`, by a bundler or a runtime.
import codec from 'websocket-wasm/codec.wasm';
import roots from 'websocket-wasm/roots.bin';
import { init, initSync } from 'websocket-wasm/slim';
import tls from 'websocket-wasm/tls.wasm';
import wasm from 'websocket-wasm/websocket_wasm.wasm';

export const loaded: Promise<void>[] = [init(wasm), init(new URL(wasm, 'https://host/'))];
export const texts: string[] = [codec, tls, roots];
initSync(wasm);
// @ts-expect-error: no such file
import('websocket-wasm/other.wasm');

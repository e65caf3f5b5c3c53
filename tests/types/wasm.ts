// Imports of the `.wasm` files, by a bundler or a runtime.
import codec from 'websocket-wasm/codec.wasm';
import { init, initSync } from 'websocket-wasm/slim';
import wasm from 'websocket-wasm/websocket_wasm.wasm';

export const loaded: Promise<void>[] = [init(wasm), init(new URL(wasm, 'https://host/'))];
export const text: string = codec;
initSync(wasm);
// @ts-expect-error: no such file
import('websocket-wasm/other.wasm');

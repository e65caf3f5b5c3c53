// The codec's wasm inside the module, as text.
import bytes from '#codec';

/** The bytes of `codec.wasm`. */
export const inlinedCodec: () => Uint8Array<ArrayBuffer> = bytes;

// The codec inside a module, as text.
import bytes from '#codec';

/** The bytes of `codec.wasm`. */
export const inlinedCodec: () => Uint8Array<ArrayBuffer> = bytes;

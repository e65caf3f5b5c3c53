// The built-in certification authorities inside the module, as text.
import bytes from '#roots';

/** The bytes of `roots.bin`. */
export const inlinedRoots: () => Uint8Array<ArrayBuffer> = bytes;

// The TLS module's wasm inside the module, as text.
import bytes from '#tls';

/** The bytes of `tls.wasm`. */
export const inlinedTls: () => Uint8Array<ArrayBuffer> = bytes;

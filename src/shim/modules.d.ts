// Ambient declarations for modules that are not TypeScript.

// scripts/bundle.js supplies these.
declare module '#wasm' {
  /** The bytes of `websocket_wasm.wasm`. */
  const bytes: () => Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '#codec' {
  /** The bytes of `codec.wasm`. */
  const bytes: () => Uint8Array<ArrayBuffer>;
  export default bytes;
}

declare module '#tls' {
  /** The bytes of `tls.wasm`. */
  const bytes: () => Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '#roots' {
  /** The bytes of `roots.bin`. */
  const bytes: () => Uint8Array<ArrayBuffer>;
  export default bytes;
}

declare module '#version' {
  /** The package's, as in package.json. */
  const version: string;
  export default version;
}

// In `workerd` a wasm file is imported as a module.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

// The part of `workerd`'s module that is used here.
declare module 'cloudflare:sockets' {
  export function connect(
    address: { hostname: string; port: number },
    options: { secureTransport: 'on' | 'off' },
  ): {
    readonly opened: Promise<unknown>;
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
    close(): Promise<void>;
  };
}

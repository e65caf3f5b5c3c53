// Modules that are no TypeScript.

// What scripts/build.js puts in the place of `#wasm`.
declare module '#wasm' {
  /** `websocket_wasm.wasm`, each byte a character. */
  const text: string;
  export default text;
}

// In `workerd` a wasm file is imported as a module.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

// In `workerd`, the part that is used here.
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

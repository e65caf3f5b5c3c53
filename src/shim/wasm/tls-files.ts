// Where tls.wasm and roots.bin come from. The entries set it, and transports/tls/module.ts loads them.
import type { URL } from '../platform/globals.ts';

/** The files, inlined. */
export interface TlsFiles {
  /** `tls.wasm`, compiled or its bytes. */
  module: WebAssembly.Module | Uint8Array<ArrayBuffer>;
  /** Returns the bytes of `roots.bin`. Called only for a connection that uses the built-in authorities. */
  roots: () => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}

/** Where the files are fetched from. */
export interface TlsUrls {
  module: URL;
  roots: URL;
}

type SupplyTls = () => TlsFiles | Promise<TlsFiles>;

/** Returns the files, if they are inlined. */
let supplier: SupplyTls | undefined;
/** Otherwise, their URLs. */
let fileUrls: (() => TlsUrls) | undefined;

/** Sets a function that returns the files. Called when a connection first needs them. */
export function supplyTls(supply: SupplyTls): void {
  supplier ??= supply;
}

/** Sets the URLs of the files, for when no function supplies them. `urls` throws in a script that isn't a module. */
export function fetchTlsFrom(urls: () => TlsUrls): void {
  fileUrls ??= urls;
}

/** What was set. */
export function tlsSource(): { readonly supply: SupplyTls | undefined; readonly urls: (() => TlsUrls) | undefined } {
  return { supply: supplier, urls: fileUrls };
}

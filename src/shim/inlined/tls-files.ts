// What TLS is loaded from, inlined. Node's entries import this module when a connection needs it: nothing is parsed before.
import type { TlsFiles } from '../wasm/tls-files.ts';
import { inlinedRoots } from './roots.ts';
import { inlinedTls } from './tls.ts';

/** The files, as `supplyTls()` takes them. */
export const tlsFiles = (): TlsFiles => ({ module: inlinedTls(), roots: inlinedRoots });

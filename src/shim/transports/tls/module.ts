// Loading of tls.wasm and of the built-in authorities: when a connection first needs them, once for all.

import { type Failure, messageOf } from '../../failure.ts';
import { fetch, type URL } from '../../platform/globals.ts';
import { compile } from '../../wasm/load.ts';
import { type TlsFiles, tlsSource } from '../../wasm/tls-files.ts';
import { unavailable } from './failures.ts';
import { TlsInstance } from './instance.ts';

let current: TlsInstance | undefined;
/** Each undefined before it is needed, and after it failed: the next connection tries again. */
let supplied: Promise<TlsFiles> | undefined;
let compiled: Promise<WebAssembly.Module> | undefined;
let roots: Promise<Uint8Array> | undefined;

/**
 * The instance for a new connection: a fresh one if the last one has stopped.
 *
 * @param withRoots whether the connection uses the built-in authorities
 * @returns rejects with a {@link Failure} `tls-unavailable`
 */
export async function loadTls(withRoots: boolean): Promise<TlsInstance> {
  try {
    compiled ??= compileModule();
    if (withRoots) roots ??= loadRoots();
    const [module, bytes] = await Promise.all([compiled, withRoots ? roots : undefined]);
    if (!current || current.stopped) current = new TlsInstance(module);
    if (bytes && !current.setRoots(bytes)) throw new Error("roots.bin isn't what it should be");
    return current;
  } catch (error) {
    supplied = compiled = roots = undefined;
    throw notLoaded(error);
  }
}

async function compileModule(): Promise<WebAssembly.Module> {
  const { supply, urls } = tlsSource();
  if (supply) return compile((await suppliedFiles(supply)).module);
  if (!urls) throw new Error('this entry has no source for it');
  return compile(await fetch(urls().module));
}

async function loadRoots(): Promise<Uint8Array> {
  const { supply, urls } = tlsSource();
  if (supply) return (await suppliedFiles(supply)).roots();
  if (!urls) throw new Error('this entry has no source for them');
  return fetchBytes(urls().roots);
}

async function suppliedFiles(supply: () => TlsFiles | Promise<TlsFiles>): Promise<TlsFiles> {
  supplied ??= Promise.resolve(supply());
  return supplied;
}

async function fetchBytes(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.url} was answered with ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function notLoaded(error: unknown): Failure {
  const how = "import 'websocket-wasm/tls' to inline both";
  return unavailable(`tls.wasm or roots.bin can't be loaded: ${messageOf(error)} (${how})`, error);
}

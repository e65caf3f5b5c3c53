// Loading of tls.wasm and of the built-in authorities: when a connection first needs them, once for all.

import { type Failure, messageOf } from '../../failure.ts';
import { fetch, type URL } from '../../platform/globals.ts';
import { InstancePool } from '../../wasm/instance-pool.ts';
import { compile } from '../../wasm/load.ts';
import { type TlsFiles, tlsSource } from '../../wasm/tls-files.ts';
import { unavailable } from './failures.ts';
import { TlsInstance } from './instance.ts';

/** The files, when they are supplied or asked for. */
interface Source {
  module: TlsFiles['module'] | Promise<Response>;
  roots: TlsFiles['roots'];
}

let instances: InstancePool<TlsInstance> | undefined;
/** Each undefined before it is needed, and after it failed: the next connection tries again. */
let source: Promise<Source> | undefined;
let compiled: Promise<WebAssembly.Module> | undefined;
let roots: Promise<Uint8Array> | undefined;

/**
 * Loads the module.
 *
 * @param withRoots whether the connection uses the built-in authorities
 * @returns a function that returns the instance for a new connection; rejects with a `Failure` `tls-unavailable`, and the
 *   function throws one
 */
export async function loadTls(withRoots: boolean): Promise<() => TlsInstance> {
  try {
    source ??= openSource();
    compiled ??= source.then(async ({ module }) => compile(await module));
    if (withRoots) roots ??= source.then((files) => files.roots());
    const [module, bytes] = await Promise.all([compiled, withRoots ? roots : undefined]);
    instances ??= new InstancePool((onEmpty) => new TlsInstance(module, onEmpty));
    return takeFrom(instances, bytes);
  } catch (error) {
    throw notLoaded(error);
  }
}

function takeFrom(pool: InstancePool<TlsInstance>, bytes: Uint8Array | undefined): () => TlsInstance {
  return () => {
    try {
      const instance = pool.take();
      if (bytes && !instance.setRoots(bytes)) throw new Error("roots.bin isn't what it should be");
      return instance;
    } catch (error) {
      throw notLoaded(error);
    }
  };
}

function notLoaded(error: unknown): Failure {
  source = compiled = roots = instances = undefined;
  return unavailable(`${messageOf(error)} (import 'websocket-wasm/tls' to inline tls.wasm and roots.bin)`, error);
}

async function openSource(): Promise<Source> {
  const { supply, urls } = tlsSource();
  if (supply) return supply();
  if (!urls) throw new Error('no entry is imported that has it');
  const { module, roots } = urls();
  return { module: fetch(module), roots: () => fetchBytes(roots) };
}

async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.url} was answered with ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

// The proxy that the environment names: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
import { Failure } from '../../../failure.ts';
import { process } from '../../../node/process.ts';
import type { Destination } from './handshake.ts';
import { isExcepted } from './no-proxy.ts';
import { authorityOf, type ProxyServer, parseProxy } from './server.ts';

interface DenoPermissions {
  querySync(descriptor: { name: 'env'; variable: string }): { state: string };
}

const { Deno } = globalThis as { Deno?: { permissions?: DenoPermissions } };
const IN_NODE = Deno === undefined && process?.versions?.bun === undefined;

/**
 * The proxy for a connection, as the platform's own `fetch` chooses it; in Node, as that does with `NODE_USE_ENV_PROXY=1`.
 *
 * @param scheme of the WebSocket's URL
 * @throws {Failure} `proxy-invalid` if the variable isn't a proxy's URL: nothing is connected without the proxy then
 */
export function environmentProxy(destination: Destination, scheme: 'ws' | 'wss'): ProxyServer | undefined {
  // Most processes have none: this is all that a connection costs in them.
  if (IN_NODE && process?.env.NODE_USE_ENV_PROXY !== '1') return undefined;
  const found = find(scheme === 'wss' ? 'https_proxy' : 'http_proxy');
  if (!found || isExcepted(destination, read('no_proxy')?.value ?? '')) return undefined;
  const { name, value } = found;
  return parseProxy(
    value.includes('://') ? value : `http://${value}`,
    (why) => new Failure('proxy-invalid', `can't connect to ${authorityOf(destination)} by ${name}: ${why}`),
  );
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** A variable, or the one for all schemes, which comes first in Deno. */
function find(name: string): Variable | undefined {
  if (!Deno) return read(name) ?? read('all_proxy');
  // A server's CGI variables have a request's header `Proxy` as HTTP_PROXY.
  const inCgi = name === 'http_proxy' && read('request_method') !== undefined;
  return read('all_proxy') ?? (inCgi ? undefined : read(name));
}

/** A variable by its name in lower and upper case, in the order of the platform. An empty one counts as none. */
function read(name: string): Variable | undefined {
  const names = [name, name.toUpperCase()];
  for (const each of Deno ? names.reverse() : names) {
    const value = mayRead(each) ? process?.env[each] : undefined;
    if (value) return { name: each, value };
  }
  return undefined;
}

/** Deno asks its user, or throws, for a variable that the program may not read. */
function mayRead(variable: string): boolean {
  return !Deno?.permissions || Deno.permissions.querySync({ name: 'env', variable }).state === 'granted';
}

// The options of tcp(), converted.
import net from 'node:net';
import { convertTimeout, refused, shown, typeName } from './conversions.ts';
import type { TcpProxy } from './options.ts';
import { type ProxyServer, parseProxy } from './proxy/server.ts';
import { convertTls, TLS_OPTIONS } from './tls-settings.ts';

/** The options, converted. */
export interface TcpSettings {
  /** Options of `net.connect()`. */
  readonly net: {
    readonly lookup?: net.LookupFunction;
    readonly family?: number;
    readonly localAddress?: string;
    readonly path?: string;
  };
  /** Options of `tls.connect()`. */
  readonly tls: object;
  /** The names of the given options of TLS. */
  readonly tlsNames: readonly string[];
  readonly timeout: number | undefined;
  /** Whether open sockets don't keep the process alive. */
  readonly unref: boolean;
  /** Undefined: that of the environment. */
  readonly proxy: ProxyServer | false | undefined;
}

/** Members other than those of TLS, and how each is converted. */
const MEMBERS: Record<string, (value: unknown) => unknown> = {
  family: toFamily,
  localAddress: toAddress,
  lookup: toLookup,
  path: toPath,
  proxy: toProxy,
  timeout: (value) => convertTimeout(value),
  unref: toUnref,
};

/** Those that name a host, where `path` names a socket. */
const OF_HOSTS = ['family', 'localAddress', 'lookup', 'proxy'];

/**
 * Converts options.
 *
 * @throws {TypeError} for a name that isn't an option, and for a value that isn't valid for its option
 */
export function convertTcpOptions(options: unknown): TcpSettings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`tcp() takes a target or an object of options, not ${shown(options)}.`);
  }
  const given = membersOf(options);
  for (const name of given.keys()) {
    if (!Object.hasOwn(MEMBERS, name) && !TLS_OPTIONS.includes(name))
      throw new TypeError(`tcp() has no option '${name}'.`);
  }
  const values = Object.fromEntries(
    Object.entries(MEMBERS).flatMap(([name, convert]) => (given.has(name) ? [[name, convert(given.get(name))]] : [])),
  );
  const { proxy, timeout, unref, ...rest } = values;
  const conflict = OF_HOSTS.find((name) => values[name]);
  if ('path' in values && conflict) throw refused('path', `can't be combined with '${conflict}'`);
  return {
    net: { __proto__: null, ...rest } as TcpSettings['net'],
    tls: convertTls(given),
    tlsNames: TLS_OPTIONS.filter((name) => given.has(name)),
    timeout: timeout as number | undefined,
    unref: unref === true,
    proxy: proxy as ProxyServer | false | undefined,
  };
}

/** The members that have a value, also inherited ones: an option must not be lost. */
function membersOf(options: object): Map<string, unknown> {
  const members = new Map<string, unknown>();
  for (const name in options) {
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) members.set(name, value);
  }
  return members;
}

function toFamily(value: unknown): number {
  if (value === 0 || value === 4 || value === 6) return value;
  throw refused('family', `must be 0, 4 or 6, not ${shown(value)}`);
}

function toAddress(value: unknown): string {
  if (typeof value === 'string' && net.isIP(value)) return value;
  throw refused('localAddress', `must be an IP address, not ${shown(value)}`);
}

function toLookup(value: unknown): unknown {
  if (typeof value === 'function') return value;
  throw refused('lookup', `must be a function, not ${shown(value)}`);
}

function toPath(value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw refused('path', `must be the path of a socket, not ${shown(value)}`);
}

function toUnref(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw refused('unref', `must be true or false, not ${shown(value)}`);
}

function toProxy(value: unknown): ProxyServer | false {
  if (value === false) return false;
  const isText = typeof value === 'string' || isUrl(value);
  const { url = value, ...options } = isText ? {} : (Object(value) as Partial<TcpProxy>);
  if (typeof url !== 'string' && !isUrl(url)) {
    // The value may be the credentials.
    throw refused('proxy', `must be a URL, false, or an object with a url, not ${typeName(url)}`);
  }
  const refuse = (why: string) => refused('proxy', `must be the URL of a proxy: ${why}`);
  const given = membersOf(options);
  for (const name of given.keys()) {
    if (!TLS_OPTIONS.includes(name) || name === 'ALPNProtocols') throw refused('proxy', `has no member '${name}'`);
  }
  const proxy = parseProxy(`${url}`, refuse, convertTls(given));
  const [first] = given.keys();
  if (first !== undefined && proxy.protocol !== 'https:') throw refused('proxy', `needs https: for '${first}'`);
  return proxy;
}

/** Whether a value is a URL of any realm. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

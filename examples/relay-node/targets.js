// Where a client may connect to.
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import net from 'node:net';
import { isPublic } from './addresses.js';

/** A name or an address. getaddrinfo() reads no further than to a zero character, and so connects to another name. */
const HOST = /^[\w.:-]{1,253}$/;

/** Why no socket was opened: `kind` is for programs. */
export class Refusal extends Error {
  /**
   * @param {'blocked' | 'unreachable' | 'refused' | 'timeout' | 'throttled'} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** The targets of the allow list. */
export class Targets {
  #allow;
  #allowPrivate;
  #connectTimeout;
  #idleTimeout;

  /**
   * @param {object} settings times in milliseconds
   * @param {string[]} settings.allow `host:port` each; `*.example.com:443` is every name below that one
   * @param {boolean} settings.allowPrivate whether addresses that aren't public are allowed, too
   * @param {number} settings.connectTimeout
   * @param {number} settings.idleTimeout after which a socket without traffic is closed
   */
  constructor({ allow, allowPrivate, connectTimeout, idleTimeout }) {
    if (allow.length === 0) throw new Error('RELAY_ALLOW names no target');
    this.#allow = allow.map((entry) => {
      const { hostname, port } = hostAndPort(entry);
      if (!HOST.test(hostname.replace(/^\*\./, '')))
        throw new Error(`'${hostname}' isn't a name in ASCII or an address`);
      return { hostname, port };
    });
    this.#allowPrivate = allowPrivate;
    this.#connectTimeout = connectTimeout;
    this.#idleTimeout = idleTimeout;
  }

  /**
   * Connects to a target.
   * @param {string} name
   * @param {number} port
   * @param {{ takeSocket: () => (() => void) | undefined }} client whose limit it counts towards
   * @returns {Promise<net.Socket>} rejects with a {@link Refusal}
   */
  async connect(name, port, client) {
    const hostname = normalised(name);
    if (!HOST.test(hostname)) throw new Refusal('blocked', 'the target is not a name in ASCII or an address');
    const allowed = this.#allow.some((entry) => entry.port === port && matches(hostname, entry.hostname));
    if (!allowed) throw new Refusal('blocked', 'the target is not in the allow list');
    const release = client.takeSocket();
    if (!release) throw new Refusal('throttled', 'the client has too many sockets');
    let socket;
    try {
      socket = await this.#open(hostname, port);
    } finally {
      if (socket) socket.once('close', release);
      else release();
    }
    return socket;
  }

  async #open(hostname, port) {
    let timer;
    const late = new Promise((_, reject) => {
      if (this.#connectTimeout === 0) return;
      const expire = () => reject(new Refusal('timeout', 'the target does not answer'));
      timer = setTimeout(expire, this.#connectTimeout);
    });
    let socket;
    try {
      const addresses = await Promise.race([this.#resolve(hostname), late]);
      const [{ address, family }] = addresses;
      socket = net.connect({
        host: hostname,
        port,
        noDelay: true,
        lookup: (_, { all }, done) => (all ? done(null, addresses) : done(null, address, family)),
      });
      await Promise.race([once(socket, 'connect'), late]);
    } catch (error) {
      socket?.destroy();
      if (error instanceof Refusal) throw error;
      throw new Refusal(error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable', `${error.code ?? error.message}`);
    } finally {
      clearTimeout(timer);
    }
    socket.setTimeout(this.#idleTimeout, () => socket.destroy(new Refusal('timeout', 'nothing was sent for too long')));
    return socket;
  }

  /** Resolved once, and connected to what was checked: a second look-up may give another address (DNS rebinding). */
  async #resolve(hostname) {
    const resolved = await lookup(hostname, { all: true }).catch(() => []);
    const addresses = this.#allowPrivate ? resolved : resolved.filter(({ address }) => isPublic(address));
    if (resolved.length === 0) throw new Refusal('unreachable', 'the name has no address');
    if (addresses.length === 0) throw new Refusal('blocked', 'the address is not public');
    return addresses;
  }
}

/**
 * The two parts of `host:port`, as in `example.com:443` and `[2001:db8::1]:443`.
 * @param {string} text
 * @throws {Error} if it has another form
 */
export function hostAndPort(text) {
  const [, hostname, port] = /^(\[[\da-f:.]+\]|[^:[\]/]+):(\d{1,5})$/i.exec(text) ?? [];
  if (!hostname || !(Number(port) >= 1 && Number(port) <= 65_535)) throw new Error(`'${text}' isn't host:port`);
  return { hostname: normalised(hostname), port: Number(port) };
}

/** In lower case, without brackets and without the final dot, which mean the same host. */
function normalised(hostname) {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function matches(hostname, pattern) {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern;
}

// What a case gets. Cases run in Node and in pages: they use nothing else of either.
import { settled } from './check.js';
import { connect } from './wire.js';

/**
 * @typedef {'halfClose' | 'sendsAfterEnd' | 'lastBytes' | 'reportsRefused' | 'reportsReset' | 'holdsBackServer' | 'boundsQueue' | 'isHeldBack' | 'aborts' | 'wss'} Ability
 *   what some transports can't do; README.md describes each
 */

/**
 * @typedef {object} Case
 * @property {string} title
 * @property {Ability} [needs] without it the case doesn't apply
 * @property {(context: Context) => Promise<unknown>} run throws if the transport fails it
 */

/** The state of a connection at the server. @typedef {{ received: number, sent: number, isRight: boolean, isOpen: boolean, isOver: boolean }} State */

export class Context {
  #exports;
  #ask;
  /** The number of connections that have an id. */
  #ids = 0;
  #prefix;

  /**
   * @param {any} exports the package's
   * @param {(target: any) => any} transport
   * @param {{ hostname: string, port: number, refused: number, stuck: number, ca: string }} servers
   * @param {Ability[]} lacks
   * @param {(id: string, command?: string) => State | Promise<State>} ask
   * @param {string} prefix of the ids of this case's connections
   */
  constructor(exports, transport, servers, lacks, ask, prefix) {
    this.#exports = exports;
    this.transport = transport;
    this.servers = servers;
    this.lacks = new Set(lacks);
    this.#ask = ask;
    this.#prefix = prefix;
  }

  /** An id for a connection. */
  newId() {
    this.#ids += 1;
    return `${this.#prefix}-${this.#ids}`;
  }

  /** @returns {Promise<State>} the state at the server, after a command to it */
  async ask(id, command) {
    return this.#ask(id, command);
  }

  /** Resolves once the state at the server is as wanted. */
  async until(id, isWanted) {
    while (!isWanted(await this.ask(id))) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Resolves once the server has seen the end of the connection. */
  async untilOver(id) {
    await this.until(id, ({ isOpen, isOver }) => isOpen && isOver);
  }

  /** A number of the state, once it stays the same. */
  async settled(id, name) {
    return settled(async () => (await this.ask(id))[name]);
  }

  /** Connects to the server of bytes, and asks for a behaviour. The wire is open. */
  async wire(behaviour, { id = this.newId(), signal, numbers = [] } = /** @type {any} */ ({})) {
    const { hostname, port } = this.servers;
    const wire = (await connect(this.transport, { hostname, port, signal })).open();
    await wire.say(`BYTES ${[behaviour, id, ...numbers].join(' ')}\n`);
    return wire;
  }

  /** A WebSocket to the server, or to another port of it. */
  socket(
    behaviour,
    { id = this.newId(), port = this.servers.port, scheme = 'ws', ...options } = /** @type {any} */ ({}),
  ) {
    const { WebSocket } = this.#exports;
    const host = scheme === 'wss' ? 'localhost' : this.servers.hostname;
    const url = `${scheme}://${host}:${port}/${behaviour}?${id}`;
    const socket = new WebSocket(url, { transport: this.transport, perMessageDeflate: false, ...options });
    socket.binaryType = 'arraybuffer';
    return socket;
  }

  /** An open WebSocketStream, with its halves. */
  async stream(behaviour, { id = this.newId() } = {}) {
    const { WebSocketStream } = this.#exports;
    const url = `ws://${this.servers.hostname}:${this.servers.port}/${behaviour}?${id}`;
    const stream = new WebSocketStream(url, { transport: this.transport, perMessageDeflate: false });
    return { stream, ...(await stream.opened) };
  }

  /** Why a socket failed, by its code. */
  codeOf(socket) {
    return this.#exports.connectionOf(socket).failure?.code;
  }
}

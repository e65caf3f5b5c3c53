// Clients of this package that echo all the time, and notice each message that is lost, repeated or changed.
import { WebSocket as Ws } from 'ws';
import { connectionOf, relay, WebSocket, wisp } from '../../package/support/installed.js';
import { next } from '../../support/events.js';

/** How many messages of a client are on the way at any time. */
const WINDOW = 4;

/** @typedef {(origin: string, token: string) => any} Kind makes a transport with a carrier of its own */

/** @type {Record<string, Kind>} */
export const KINDS = {
  // Carriers are shared by class: this is another page.
  wisp: (origin, token) => wisp(`${origin}/${token}/`, { WebSocket: /** @type {any} */ (class extends Ws {}) }),
  relay: (origin, token) => relay(`${origin}/${token}/{hostname}:{port}`, { WebSocket: /** @type {any} */ (Ws) }),
};
/** A socket that sends numbered messages, and expects each back in order. */
export class EchoClient {
  #url;
  #transport;
  #sent = 0;
  #socket;
  #stopping = false;
  /** The number of messages that came back over all connections. */
  echoed = 0;
  /** The codes of its failures. @type {string[]} */
  failures = [];
  /** What must not happen. @type {string[]} */
  errors = [];
  /** When it last opened, in milliseconds. */
  openedAt = 0;

  constructor(url, transport) {
    this.#url = url;
    this.#transport = transport;
  }

  /** Connects, and begins to echo. Rejects if it can't. */
  async open() {
    const socket = new WebSocket(this.#url, { transport: this.#transport });
    this.#socket = socket;
    socket.addEventListener('close', ({ wasClean }) => {
      if (!this.#stopping || !wasClean) this.failures.push(connectionOf(socket).failure?.code ?? 'none');
      this.onfailure?.();
    });
    await next(socket, 'open');
    this.openedAt = performance.now();
    let expected = this.#sent;
    socket.addEventListener('message', ({ data }) => {
      if (data !== this.#text(expected)) this.errors.push(`message ${expected} came back as ${data.slice(0, 20)}`);
      expected += 1;
      this.echoed += 1;
      if (!this.#stopping) this.#send();
    });
    for (let i = 0; i < WINDOW; i++) this.#send();
  }

  /** Called when the connection ends. @type {(() => void) | undefined} */
  onfailure;

  /** Closes it, behind the messages on the way. */
  async stop() {
    this.#stopping = true;
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = next(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }

  #send() {
    this.#socket.send(this.#text(this.#sent));
    this.#sent += 1;
  }

  #text(number) {
    return `${number} `.padEnd(1_000, 'x');
  }
}

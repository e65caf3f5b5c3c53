// The connections of a server: counted, and dropped on demand.
import { once } from 'node:events';

export class Connections {
  /** How many there have been. */
  count = 0;
  /** Those that are open. @type {Set<import('node:stream').Duplex>} */
  #open = new Set();

  /** @param {import('node:stream').Duplex} socket */
  add(socket) {
    this.count += 1;
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
  }

  /** Ends every connection at once. */
  async drop() {
    await Promise.all(Array.from(this.#open, (socket) => once(socket.destroy(), 'close')));
  }
}

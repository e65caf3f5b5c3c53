// Shows the socket's attributes.
import { byId, setText } from './dom.js';
import { count, size } from './format.js';
import { showResponse } from './response.js';
import { showTlsFacts } from './tls-facts.js';
import { showTraffic } from './traffic.js';

/** The interval for reading bufferedAmount, in milliseconds: it has no event. */
const EVERY = 100;

export class Status {
  #session;
  #scheduled = false;

  /** @param {import('./session.js').Session} session */
  constructor(session) {
    this.#session = session;
    setInterval(() => this.refresh(), EVERY);
    this.refresh();
  }

  /** Updates the display in the next animation frame. */
  refresh() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#scheduled = false;
    const { socket, state, overBytes, buffered, connection } = this.#session;
    const connecting = state === 'CONNECTING';
    setText('state', state);
    byId('state').dataset.state = state;
    setText('url', socket?.url || '—');
    setText('protocol', socket?.protocol || '""');
    setText('extensions', socket?.extensions || '""');
    setText('buffered', buffered < 1024 ? `${buffered} B` : `${size(buffered)} (${count(buffered)})`);
    setText('transport-name', connection?.transport || '—');
    showResponse(connection?.response, connecting);
    showTraffic(connection?.statistics, connection?.compression);
    showTlsFacts(connection?.tls, connecting);
    setText('connect', state === 'OPEN' || connecting ? 'Reconnect' : 'Connect');
    byId('ping').disabled = state !== 'OPEN' || !overBytes;
    byId('terminate').disabled = !socket || state === 'CLOSED' || !overBytes;
    byId('export').disabled = !socket;
    byId('ping-hidden').hidden = overBytes;
  }
}

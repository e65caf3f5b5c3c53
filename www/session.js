// One WebSocket at a time: creates it, listens to it, and updates the views.
import { connectionOf, WebSocket } from 'websocket-wasm';
import { recordOf } from 'websocket-wasm/har';
import { describe, start } from './data.js';
import { download } from './download.js';
import { count, hex, quote, size } from './format.js';
import { TRANSPORTS } from './transports.js';

/** The number of payload bytes kept of each frame. */
const PREVIEW = 2048;

/** The number of copies sent without a pause, and the number of buffered bytes above which sending waits. */
const BURST = 200;
const MOST_WAITING = 16 * 1024 * 1024;

/** How long after a ping of keepAlive anything must be received, in milliseconds. */
const KEEP_ALIVE_TIMEOUT = 5000;

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

/** @typedef {InstanceType<typeof WebSocket>} Socket */

/**
 * @typedef {object} Views
 * @property {import('./events.js').Events} events
 * @property {import('./frames.js').Frames} frames
 * @property {(bytes: number) => void} received payload bytes were received
 * @property {() => void} changed the socket's attributes may have changed
 * @property {(text: string) => void} progress the progress of sending copies
 * @property {(place: 'connection' | 'send', text?: string, code?: string) => void} problem a call or the connection failed,
 *   with the failure's code; without a text, hides the error
 */

export class Session {
  /** @type {Socket | undefined} */
  socket;
  /** Whether the transport carries bytes: only then are frames and pings available. */
  overBytes = true;
  #views;
  /** Records the connection. @type {import('websocket-wasm/har').Recorder | undefined} */
  #recorder;
  #number = 0;
  #binaryType = /** @type {BinaryType} */ ('blob');
  /** Bytes passed to send(). */
  #given = 0;
  /** Bytes flushed by earlier connections. */
  #leftBefore = 0;

  /** @param {Views} views */
  constructor(views) {
    this.#views = views;
  }

  get state() {
    return STATES[this.socket?.readyState ?? 3];
  }

  get buffered() {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** What is known of the connection. */
  get connection() {
    return this.socket && connectionOf(this.socket);
  }

  /** Payload bytes flushed by all connections. */
  get left() {
    return this.#leftBefore + this.#given - this.buffered;
  }

  /**
   * Connects, and closes the previous connection.
   * @param {object} target
   * @param {string} target.address
   * @param {string[]} target.protocols
   * @param {string} target.transport
   * @param {string} target.relay
   * @param {string | undefined} target.ca the authorities to trust over the relay; by default the built-in ones
   * @param {number} target.keepAlive the milliseconds of silence after which a ping is sent; 0 for none
   */
  connect({ address, protocols, transport, relay, ca, keepAlive }) {
    const { make, relay: usesRelay } = TRANSPORTS[transport];
    const overBytes = usesRelay !== undefined;
    return this.#call('new WebSocket', 'connection', () => {
      const socket = new WebSocket(address, {
        protocols,
        transport: make(relay, { ca }),
        ...(keepAlive > 0 && { keepAlive: { interval: keepAlive, timeout: KEEP_ALIVE_TIMEOUT } }),
      });
      this.#recorder = recordOf(socket);
      this.#leaveSocket();
      this.#number += 1;
      this.socket = socket;
      this.overBytes = overBytes;
      const offered = protocols.length > 0 ? `, offering ${protocols.join(', ')}` : '';
      const trusted = ca === undefined ? '' : ', trusting only the given authorities';
      const kept = keepAlive > 0 ? `, keepAlive ${keepAlive / 1000} s` : '';
      this.#log(
        'new WebSocket',
        `${socket.url} over ${overBytes ? `the relay ${relay}` : 'native'}${offered}${trusted}${kept}`,
      );
      socket.binaryType = this.#binaryType;
      this.#views.frames.restart({ visible: overBytes });
      if (overBytes) connectionOf(socket).trace((frame) => this.#frame(frame), PREVIEW);
      this.#listen(socket, this.#number, overBytes);
      return socket;
    });
  }

  set binaryType(type) {
    this.#binaryType = type;
    if (!this.socket) return;
    this.socket.binaryType = type;
    this.#log('binaryType', type);
  }

  /**
   * Sends the data `copies` times, and reports the outcome.
   * @param {import('./data.js').Data} data
   */
  async send(data, copies = 1) {
    const { socket, overBytes } = this;
    if (!socket) return this.#noSocket('send', 'send');
    const { kind, size: bytes } = describe(data);
    const log = (more) =>
      this.#log('send', `${kind}, ${size(bytes)}${more}`, { kind, size: bytes }, () => startOf(data));
    if (copies > 1) log(` × ${count(copies)}`);
    const began = performance.now();
    let sent = 0;
    this.#views.problem('send');
    try {
      while (sent < copies) {
        socket.send(data);
        sent += 1;
        this.#given += bytes;
        if (!overBytes) this.#message(true, data);
        if (sent % BURST === 0 && !(await this.#hasRoom(socket, sent, copies))) break;
      }
    } catch (error) {
      this.#views.problem('send', this.#thrown('send', error));
    }
    this.#views.changed();
    if (copies === 1 && sent === 1) log(`; bufferedAmount ${size(socket.bufferedAmount)}`);
    if (copies === 1) return;
    const all = sent < copies ? `${count(sent)} of ${count(copies)}` : count(sent);
    const done = `${all} messages sent in ${count(Math.round(performance.now() - began))} ms`;
    this.#log('sent', done);
    this.#views.progress(`${done}.`);
  }

  /** Waits until more copies may be sent, so that the page stays responsive and memory isn't filled with buffered data. */
  async #hasRoom(socket, sent, copies) {
    this.#views.changed();
    this.#views.progress(`${count(sent)} of ${count(copies)} messages sent …`);
    const isOpen = () => socket === this.socket && socket.readyState === socket.OPEN;
    do await new Promise((resolve) => setTimeout(resolve));
    while (isOpen() && socket.bufferedAmount > MOST_WAITING);
    return isOpen();
  }

  /** Closes; empty fields are omitted from the call. */
  close(code, reason) {
    const { socket } = this;
    if (!socket) return this.#noSocket('close()', 'connection');
    const given = reason === '' ? (code === '' ? [] : [code]) : [code === '' ? undefined : code, reason];
    this.#call('close()', 'connection', () => {
      socket.close(.../** @type {[number?, string?]} */ (/** @type {unknown} */ (given)));
      this.#log('close()', given.length === 0 ? 'no code' : `${code || 'no code'} ${reason && quote(reason, 123)}`);
    });
  }

  /** Drops the connection at once. */
  terminate() {
    this.#call('terminate()', 'connection', () => {
      this.connection?.terminate();
      this.#log('terminate()', '');
    });
  }

  /** Saves the connection as HAR, as far as it got. */
  async export() {
    const har = await this.#recorder?.toHar();
    if (!har) return;
    const [{ request, startedDateTime, _webSocketMessages: messages }] = har.log.entries;
    const name = `${new URL(request.url).hostname}-${startedDateTime.replaceAll(/[-:.]/g, '')}.har`;
    download(name, JSON.stringify(har, null, 2));
    this.#log('export', `${name}, ${count(messages.length)} messages`);
  }

  /** @returns {Promise<string>} the outcome, as text */
  async ping() {
    if (!this.socket) return 'No connection.';
    this.#log('ping()', '');
    try {
      const trip = `${(await connectionOf(this.socket).ping()).toFixed(2)} ms`;
      this.#log('pong', trip);
      return trip;
    } catch (error) {
      this.#thrown('ping()', error);
      return `${error.name}: ${error.message}`;
    }
  }

  /** Calls `act`; an exception is shown in the timeline and next to the controls. */
  #call(name, place, act) {
    try {
      this.#views.problem(place);
      return act();
    } catch (error) {
      this.#views.problem(place, this.#thrown(name, error));
      return undefined;
    } finally {
      this.#views.changed();
    }
  }

  #thrown(call, error) {
    const text = `${error?.name}: ${error?.message}`;
    this.#log('exception', `${call} threw ${text}`, { name: error?.name });
    return text;
  }

  #noSocket(call, place) {
    this.#call(call, place, () => {
      throw new Error('There is no WebSocket yet: connect first.');
    });
  }

  /** Closes the current connection, and adds its flushed bytes to the total. */
  #leaveSocket() {
    this.#leftBefore = this.left;
    this.#given = 0;
    this.socket?.close();
  }

  #log(...entry) {
    this.#views.events.add(.../** @type {Parameters<import('./events.js').Events['add']>} */ (entry));
  }

  #listen(socket, number, overBytes) {
    // Events of a replaced connection are shown too, marked as such.
    const log = (name, text, ...more) => {
      this.#log(name, socket === this.socket ? text : `(connection ${number}) ${text}`, ...more);
      this.#views.changed();
    };
    let failed = false;
    socket.onopen = () => {
      const { protocol, extensions } = socket;
      const { tls } = connectionOf(socket);
      const secure = tls ? `, ${tls.protocol}${tls.resumed ? ' resumed' : ''}` : '';
      log('open', `${protocol ? `protocol ${protocol}` : 'no subprotocol'}, ${extensions || 'no extensions'}${secure}`);
    };
    socket.onmessage = ({ data }) => {
      const { kind, size: bytes } = describe(data);
      log('message', `${kind}, ${size(bytes)}`, { kind, size: bytes }, () => startOf(data));
      if (!overBytes) this.#message(false, data);
    };
    socket.onerror = () => {
      const { message = 'the browser reports no reason', code } = connectionOf(socket).failure ?? {};
      if (code) log('error', message, { code }, () => code);
      else log('error', message);
      if (socket === this.socket) this.#views.problem('connection', `The connection failed: ${message}`, code);
      failed = true;
    };
    socket.onclose = ({ code, reason, wasClean }) => {
      log('close', `code ${code}, ${reason ? quote(reason, 123) : 'no reason'}, wasClean ${wasClean}`, { code });
      if (socket !== this.socket || wasClean || failed) return;
      this.#views.problem('connection', `The connection was lost: code ${code}, wasClean false.`);
    };
  }

  /** @param {import('./frames.js').Shown} frame */
  #frame(frame) {
    this.#views.frames.add(frame);
    if (!frame.sent && frame.opcode <= 2) this.#views.received(frame.length);
  }

  /** Shows a message instead of the frames that the browser hides. */
  #message(sent, data) {
    const { kind, size: length } = describe(data);
    const opcode = kind === 'string' ? 1 : 2;
    const preview = start(data, PREVIEW);
    const head = { sent, fin: true, compressed: false, opcode, masked: false };
    this.#frame({ ...head, length, preview, time: performance.now(), hidden: true });
  }
}

/** The start of a message, on one line. */
function startOf(data) {
  if (typeof data === 'string') return quote(data);
  const bytes = start(data, 12);
  return bytes instanceof Promise ? bytes.then(hex) : hex(bytes);
}

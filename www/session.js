// One WebSocket after the other: makes it, listens to it, and tells the views.
import { connectionOf, native, WebSocket, wisp } from 'websocket-wasm';
import { describe, size, visible } from './format.js';

/** How many bytes of each payload the frames keep. */
const PREVIEW = 256;

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

export class Session {
  /** @type {InstanceType<typeof WebSocket> | undefined} */
  socket;
  #views;
  #binaryType = /** @type {BinaryType} */ ('blob');

  /** @param {{ events: import('./events.js').Events, frames: import('./frames.js').Frames, plot: () => import('./plot.js').Plot }} views */
  constructor(views) {
    this.#views = views;
  }

  get state() {
    return STATES[this.socket?.readyState ?? 3];
  }

  /** Whether frames, pings and the like can be had. */
  get overBytes() {
    return this.#overBytes;
  }
  #overBytes = true;

  /**
   * Connects, in place of the connection before.
   * @param {{ address: string, protocols: string[], transport: string, relay: string }} target
   */
  connect({ address, protocols, transport, relay }) {
    const { events, frames } = this.#views;
    this.socket?.close();
    events.restart();
    try {
      const carrier = transport === 'native' ? native : wisp(relay);
      const socket = new WebSocket(address, { protocols, transport: carrier });
      events.add('new WebSocket', `${socket.url} over ${transport === 'native' ? 'native' : relay}`);
      socket.binaryType = this.#binaryType;
      this.socket = socket;
      this.#overBytes = transport !== 'native';
      frames.restart({ visible: this.#overBytes });
      if (this.#overBytes) connectionOf(socket).trace((frame) => this.#frame(frame), PREVIEW);
      this.#listen(socket);
      return socket;
    } catch (error) {
      events.thrown('new WebSocket()', error);
      return undefined;
    }
  }

  set binaryType(type) {
    this.#binaryType = type;
    if (this.socket) this.socket.binaryType = type;
  }

  /** Sends, so many times, and tells what came of it. */
  send(data, copies = 1) {
    const { events } = this.#views;
    if (!this.socket) return;
    try {
      for (let i = 0; i < copies; i += 1) {
        this.socket.send(data);
        if (!this.#overBytes) this.#message(true, data);
      }
      const { kind, size: bytes } = describe(data);
      const times = copies > 1 ? `, ${copies.toLocaleString()} times` : '';
      events.add('send', `${kind}, ${size(bytes)}${times}; bufferedAmount ${size(this.socket.bufferedAmount)}`);
    } catch (error) {
      events.thrown('send()', error);
    }
  }

  /** Closes; what isn't given stays out of the call. */
  close(code, reason) {
    const { events } = this.#views;
    if (!this.socket) return;
    const given = code === '' ? [] : reason === '' ? [code] : [code, reason];
    try {
      this.socket.close(.../** @type {[]} */ (given));
      events.add('close()', given.join(' '));
    } catch (error) {
      events.thrown('close()', error);
    }
  }

  /** @returns {Promise<number>} the round trip in milliseconds */
  ping() {
    if (!this.socket) return Promise.reject(new Error('There is no connection.'));
    return connectionOf(this.socket).ping();
  }

  #listen(socket) {
    const { events } = this.#views;
    const mine = (listener) => (event) => {
      if (this.socket === socket) listener(event);
    };
    socket.onopen = mine(() => {
      const agreed = [socket.protocol && `protocol ${socket.protocol}`, socket.extensions].filter(Boolean).join(', ');
      events.add('open', agreed || 'no subprotocol, no extensions');
    });
    socket.onmessage = mine(({ data }) => {
      const { kind, size: bytes } = describe(data);
      const text = typeof data === 'string' ? `“${visible(data.slice(0, 80))}”` : '';
      events.add('message', `${kind}, ${size(bytes)} ${text}`, { kind, size: bytes });
      if (!this.#overBytes) this.#message(false, data);
    });
    socket.onerror = mine(() => events.add('error', connectionOf(socket).failure ?? 'the browser tells no reason'));
    socket.onclose = mine(({ code, reason, wasClean }) => {
      events.add('close', `code ${code}${reason && ` “${visible(reason)}”`}, ${wasClean ? 'clean' : 'not clean'}`);
    });
  }

  #frame(frame) {
    this.#views.frames.add(frame);
    if (frame.opcode <= 2) this.#views.plot().count(frame.sent ? 'out' : 'in', frame.length);
  }

  /** Shows a message in the place of the frames that the browser hides. */
  async #message(sent, data) {
    const { kind, size: bytes } = describe(data);
    const time = performance.now();
    const start = typeof data === 'string' ? new TextEncoder().encode(data.slice(0, PREVIEW)) : await startOf(data);
    this.#frame({
      sent,
      fin: true,
      opcode: kind === 'string' ? 1 : 2,
      masked: false,
      length: bytes,
      preview: start,
      time,
    });
  }
}

async function startOf(data) {
  if (data instanceof Blob) return new Uint8Array(await data.slice(0, PREVIEW).arrayBuffer());
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  return new Uint8Array(buffer, byteOffset, Math.min(byteLength, PREVIEW)).slice();
}

// Many connections in one WebSocket: wisp-js (LGPL, so it is imported and not copied) speaks Wisp, with sockets of targets.js.
import { once } from 'node:events';
import { logging, packet, server as wisp } from '@mercuryworkshop/wisp-js/server';

/** Wisp's reasons of CLOSE. */
const REASONS = { blocked: 0x48, unreachable: 0x42, timeout: 0x43, refused: 0x44, throttled: 0x49 };
const NETWORK_ERROR = 3;
const IDLE = 0x47;

/** Wisp's type of a stream by TCP. */
const TCP = 1;

/** How long a client of Wisp v2 may take for its part of the handshake, in milliseconds. */
const HANDSHAKE = 10_000;

/** How long a closed socket may make no progress with what is still to be written, in milliseconds. */
const LINGER = 5_000;

/** What a carrier may have to send, in bytes: above it, targets are paused. */
const SEND_BUFFER = 1024 * 1024;

/** How many packets of a stream a client may send before the relay has written some. */
const CREDIT = 32;

/** What may wait for a target, in bytes. A client within its credit, of packets of 64 KiB, sends less. */
const MAX_WAITING = 8 * 1024 * 1024;

/** How many CLOSE packets may wait for a client. One that reads has few, however many of its streams are refused at once. */
const MAX_CLOSES = 1_000;

/** What a packet takes besides its bytes. */
const OVERHEAD = 512;

// The name is checked and resolved in targets.js: wisp-js would resolve it once to check and again to connect.
Object.assign(wisp.options, {
  allow_udp_streams: false,
  allow_private_ips: true,
  allow_loopback_ips: true,
  dns_method: async (hostname) => hostname,
});
wisp.ServerStream.buffer_size = CREDIT;
logging.set_level(logging.NONE);

/**
 * Serves a carrier until it is closed.
 * @param {import('ws').WebSocket} carrier
 * @param {(hostname: string, port: number) => Promise<import('node:net').Socket>} connect
 * @param {import('node:http').IncomingMessage} request a client that offers a subprotocol speaks version 2
 */
export async function serveWisp(carrier, connect, request) {
  carrier.binaryType = 'arraybuffer';
  const connection = new Connection(carrier, connect, request.headers['sec-websocket-protocol'] ? 2 : 1);
  const limit = setTimeout(() => carrier.terminate(), HANDSHAKE);
  try {
    await connection.setup();
  } finally {
    clearTimeout(limit);
  }
  await connection.run();
}

class Connection extends wisp.ServerConnection {
  /** The number of CLOSE packets that wait for the client. */
  #closes = 0;

  constructor(carrier, connect, version) {
    class Socket extends TargetSocket {
      open() {
        return connect(this.hostname, this.port);
      }
      abandoned() {
        return carrier.readyState !== carrier.OPEN;
      }
    }
    // Pings are sent by relay.js. wisp-js takes every type that isn't TCP's for UDP.
    const sockets = { TCPSocket: Socket, UDPSocket: Socket };
    super(carrier, '/', { wisp_version: version, ...sockets, ping_interval: 86_400 });
    this.ws.send_buffer_size = SEND_BUFFER;
    this.carrier = carrier;
    const send = this.ws.send.bind(this.ws);
    this.ws.send = async (data) => {
      if (data.type === packet.ClosePayload.type) this.#sendClose(data);
      else await send(data);
    };
  }

  /** A client may ask for streams that are refused without end, and read nothing. */
  #sendClose(close) {
    this.#closes += 1;
    const flushed = () => {
      this.#closes -= 1;
    };
    if (this.#closes > MAX_CLOSES) this.carrier.terminate();
    else this.carrier.send(close.serialize().bytes, flushed);
  }

  /** Takes packets as they arrive: wisp-js queues them, and drops what is queued when the carrier closes. */
  async run() {
    this.carrier.onmessage = ({ data }) => {
      try {
        if (typeof data !== 'string') this.route_packet(new packet.WispBuffer(new Uint8Array(data)));
      } catch {
        // A packet that isn't one is ignored.
      }
    };
    try {
      if (this.carrier.readyState === this.carrier.OPEN) await once(this.carrier, 'close');
    } catch {
      // An error ends the carrier, too.
    } finally {
      this.carrier.onmessage = null;
      await this.cleanup();
    }
  }

  create_stream(id, type, hostname, port) {
    // wisp-js would lose the other stream of that number.
    if (id === 0 || this.streams[id]) throw new Error(`stream ${id} exists`);
    if (type !== TCP) {
      const payload = new packet.ClosePayload({ reason: REASONS.blocked });
      this.ws.send(new packet.WispPacket({ type: packet.ClosePayload.type, stream_id: id, payload }));
      return;
    }
    super.create_stream(id, type, hostname, port);
    const stream = this.streams[id];
    // A Close frame would wait for the client's answer, which may send on until then.
    stream.send_buffer = new WaitingPackets(() => this.carrier.terminate());
  }

  /** Never rejects: wisp-js doesn't wait for it everywhere, and a rejection that nobody handles ends the process. */
  async close_stream(id, reason, quiet) {
    const stream = this.streams[id];
    if (!stream) return;
    try {
      if (reason === undefined && stream.socket.linger()) {
        // The client closed it. wisp-js would drop what waits for the target: an empty entry ends it after that.
        delete this.streams[id];
        await stream.send_buffer.put(null);
      } else await super.close_stream(id, stream.socket.reason ?? reason, quiet);
    } catch {
      if (this.streams[id] === stream) delete this.streams[id];
      stream.socket.destroy();
    }
  }
}

/**
 * The packets that wait for a target, in place of wisp-js's own queue: that one has no limit, and when it holds more than the
 * credit, the next credit is negative, which as an unsigned number is no limit either.
 */
class WaitingPackets {
  #packets = [];
  #bytes = 0;
  #closed = false;
  #full = false;
  #overflow;
  #wake = () => {};

  /** @param {() => void} overflow called once when there are too many; none is taken any more */
  constructor(overflow) {
    this.#overflow = overflow;
  }

  /**
   * How much of the credit wisp-js takes for used. It gives the rest each time that it has written half of the credit: that
   * half, and no more. What is on its way isn't known here: with credit for all that doesn't wait, a client that is served late
   * could have any number of packets on their way, and then too many would wait.
   */
  get size() {
    return CREDIT / 2;
  }

  /** @param {Uint8Array | null} data null is the end */
  async put(data) {
    if (this.#full) return;
    this.#full = this.#bytes + sizeOf(data) > MAX_WAITING;
    if (this.#full) return this.#overflow();
    this.#packets.push(data);
    this.#bytes += sizeOf(data);
    this.#wake();
  }

  /** @returns {Promise<Uint8Array | null | undefined>} undefined once it is closed */
  async get() {
    while (this.#packets.length === 0 && !this.#closed) {
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
      });
    }
    const data = this.#packets.shift();
    this.#bytes -= sizeOf(data);
    return data;
  }

  close() {
    this.#packets = [];
    this.#closed = true;
    this.#wake();
  }
}

const sizeOf = (data) => (data?.length ?? 0) + OVERHEAD;

/** A socket as wisp-js uses it: data is taken one chunk at a time, so that a target is paused while the carrier is full. */
class TargetSocket {
  #socket;
  #chunks;
  #closed = false;
  /** Whether it is to be closed once what was sent is written. */
  #lingers = false;
  /** Wisp's reason why it failed. */
  reason;

  constructor(hostname, port) {
    this.hostname = hostname;
    this.port = port;
  }

  async connect() {
    try {
      this.#socket = await this.open();
    } catch (refusal) {
      this.reason = REASONS[refusal.kind] ?? NETWORK_ERROR;
      throw refusal;
    }
    this.#socket.on('error', ({ kind }) => {
      this.reason = kind === 'timeout' ? IDLE : NETWORK_ERROR;
    });
    this.#chunks = this.#socket[Symbol.asyncIterator]();
    if (this.#closed) this.#socket.destroy();
    else if (this.#lingers) this.#socket.setTimeout(LINGER);
  }

  /** @returns {Promise<Uint8Array | null>} null at the end */
  async recv() {
    const { value = null } = await this.#chunks.next().catch(() => ({}));
    return value;
  }

  send(data) {
    return new Promise((resolve) => this.#socket.write(data, resolve));
  }

  /**
   * Whether what was sent may still be written: unless the target doesn't take it, or the carrier was lost. A client may close
   * a stream before its target is connected.
   */
  linger() {
    if (this.abandoned()) return false;
    this.#lingers = true;
    this.#socket?.setTimeout(LINGER);
    return true;
  }

  close() {
    this.#closed = true;
    if (this.#socket && this.linger()) this.#socket.destroySoon();
    else this.destroy();
  }

  destroy() {
    this.#closed = true;
    this.#socket?.destroy();
  }

  pause() {}
  resume() {}
}

// Wisp v1: many TCP connections over one WebSocket to a relay.
import { queueTurn } from '../tasks.ts';
import { NativeWebSocket } from './native.ts';
import type { Link, LinkSink, Transport } from './types.ts';

/** Packet types. */
const CONNECT = 0x01;
const DATA = 0x02;
const CONTINUE = 0x03;
const CLOSE = 0x04;

const TCP = 0x01;
const VOLUNTARY = 0x02;

/** A packet's head: its type, and the stream's id in four bytes, the lowest first. */
const HEAD = 5;

/** The most payload in one packet that we send, in bytes. */
const MAX_PAYLOAD = 64 * 1024;

/** How much may wait in the carrier, and how much for a page that doesn't read, in bytes. */
const MAX_CARRIER_BACKLOG = 4 * 1024 * 1024;
const MAX_UNREAD = 64 * 1024 * 1024;

/** How long a carrier without streams stays open for the next one, in milliseconds. */
const IDLE = 10_000;

/** What a relay's CLOSE packet can say. */
const CLOSE_REASONS = new Map([
  [0x03, 'the network failed'],
  [0x41, 'it found the request invalid'],
  [0x42, 'the host is unreachable'],
  [0x43, 'connecting took too long'],
  [0x44, 'the host refused the connection'],
  [0x47, 'the connection was silent for too long'],
  [0x48, 'it does not allow this host or port'],
  [0x49, 'it limits how much this client may do'],
]);

/** Options of {@link wisp}. */
export interface WispOptions {
  /** The class of the carrier. By default the platform's own `WebSocket`. */
  WebSocket?: typeof globalThis.WebSocket | undefined;
}

const carriers = new Map<string, Carrier>();

/**
 * Connects by TCP through a Wisp v1 relay. All sockets with the same relay share one connection to it, which closes ten
 * seconds after the last of them.
 *
 * Nothing holds back what a relay sends (Wisp's flow control has one direction): a connection of which the page leaves
 * 64 MiB unread fails. `wss:` is refused, since the relay could read along.
 *
 * @param url the relay's `ws:` or `wss:` URL, with a slash at its end
 * @throws {TypeError} where the platform has no WebSocket to reach the relay with, and the options name none
 * @see {@link https://github.com/MercuryWorkshop/wisp-protocol/blob/v1/protocol.md | Wisp v1}
 * @example
 * configure({ transport: wisp('wss://relay.example/') });
 */
export function wisp(url: string | URL, options: WispOptions = {}): Transport {
  const relay = `${url}`;
  const WebSocket = options.WebSocket ?? NativeWebSocket;
  if (!WebSocket) throw new TypeError('There is no WebSocket class here to reach a relay with: name one in options.');
  return ({ hostname, port, secure, signal }) => {
    if (secure) {
      throw new Error('A relay could read everything: wss: needs TLS inside this connection, which wisp() has not.');
    }
    let carrier = options.WebSocket ? undefined : carriers.get(relay);
    if (!carrier?.usable) {
      carrier = new Carrier(relay, WebSocket);
      if (!options.WebSocket) carriers.set(relay, carrier);
    }
    return carrier.connect(hostname, port, signal);
  };
}

/** The WebSocket to a relay, and the streams over it. */
class Carrier {
  readonly #relay: string;
  readonly #socket: WebSocket;
  readonly #links = new Map<number, WispLink>();
  /** Settles when the relay said how many packets a stream may have under way. */
  readonly #ready: Promise<number>;
  #refuse: (error: Error) => void = () => {};
  #accept: (credit: number) => void = () => {};
  #lastId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  usable = true;
  /** Bytes given to the WebSocket so far, and who waits until so many of them have left. */
  #given = 0;
  readonly #leaving: { position: number; left: () => void }[] = [];
  #polling = false;
  #polls = 0;

  constructor(relay: string, WebSocket: typeof globalThis.WebSocket) {
    this.#relay = relay;
    this.#ready = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    this.#ready.catch(() => {});
    this.#socket = new WebSocket(relay);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', () => this.#closed());
  }

  /** Opens a stream. The relay connects meanwhile; whether it could shows when it answers or closes. */
  async connect(hostname: string, port: number, signal: AbortSignal): Promise<Link> {
    clearTimeout(this.#idle);
    const id = ++this.#lastId;
    const link = new WispLink(this, id);
    this.#links.set(id, link);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('The connection is no longer wanted.')), { once: true });
    });
    try {
      const credit = await Promise.race([this.#ready, aborted]);
      const name = new TextEncoder().encode(hostname);
      const connect = new Uint8Array([TCP, port & 0xff, port >> 8, ...name]);
      this.send(CONNECT, id, connect);
      link.refill(credit);
      return link;
    } catch (error) {
      this.forget(id);
      throw error;
    }
  }

  send(type: number, id: number, payload: Uint8Array): void {
    const packet = new Uint8Array(HEAD + payload.length);
    packet[0] = type;
    new DataView(packet.buffer).setUint32(1, id, true);
    packet.set(payload, HEAD);
    this.#given += packet.length;
    this.#socket.send(packet);
  }

  /** Whether so much waits already that a stream should hold back. */
  get full(): boolean {
    return this.#socket.bufferedAmount > MAX_CARRIER_BACKLOG;
  }

  /** Calls `left` when all that was given to the WebSocket so far has left it. */
  whenSent(left: () => void): void {
    this.#leaving.push({ position: this.#given, left });
    if (this.#polling) return;
    this.#polling = true;
    queueTurn(() => this.#poll());
  }

  /** Looks what has left: no event tells. */
  #look(): void {
    if (this.#leaving.length === 0) return;
    const sent = this.#given - this.#socket.bufferedAmount;
    while (this.#leaving[0] && this.#leaving[0].position <= sent) {
      this.#polls = 0;
      this.#leaving.shift()?.left();
    }
  }

  /** Looks again and again: at first at once, then at the pace of timers. */
  #poll(): void {
    this.#look();
    this.#polling = this.#leaving.length > 0 && this.usable;
    if (!this.#polling) return;
    this.#polls += 1;
    if (this.#polls < 8) queueTurn(() => this.#poll());
    else setTimeout(() => this.#poll(), 1);
  }

  forget(id: number): void {
    this.#links.delete(id);
    if (this.#links.size > 0 || !this.usable) return;
    this.#idle = setTimeout(() => {
      if (this.#links.size === 0) this.#drop();
    }, IDLE);
    // In Node a carrier that nobody uses keeps no process alive by its timer.
    (this.#idle as { unref?: () => void }).unref?.();
  }

  #drop(): void {
    this.usable = false;
    if (carriers.get(this.#relay) === this) carriers.delete(this.#relay);
    this.#socket.close();
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer) || data.byteLength < HEAD) return;
    // Before an answer is delivered, what it answers.
    this.#look();
    const view = new DataView(data);
    const id = view.getUint32(1, true);
    const link = this.#links.get(id);
    switch (view.getUint8(0)) {
      case DATA:
        link?.deliver(new Uint8Array(data, HEAD));
        break;
      case CONTINUE: {
        if (data.byteLength < HEAD + 4) return;
        const credit = view.getUint32(HEAD, true);
        if (id === 0) this.#accept(credit);
        else link?.refill(credit);
        break;
      }
      case CLOSE:
        this.#closeLink(id, link, data.byteLength > HEAD ? view.getUint8(HEAD) : VOLUNTARY);
        break;
    }
  }

  #closeLink(id: number, link: WispLink | undefined, reason: number): void {
    if (!link) return;
    this.forget(id);
    if (reason === VOLUNTARY) link.over();
    else link.over(new Error(`The relay closed the connection: ${CLOSE_REASONS.get(reason) ?? `reason ${reason}`}.`));
  }

  #closed(): void {
    this.#drop();
    clearTimeout(this.#idle);
    const error = new Error(`The relay ${this.#relay} can't be reached, or closed its connection.`);
    this.#refuse(error);
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) link.over(error);
  }
}

/** One stream. */
class WispLink implements Link {
  readonly ownTasks = true;
  readonly #carrier: Carrier;
  readonly #id: number;
  /** How many more DATA packets the relay takes now. */
  #credit = 0;
  readonly #waiting: { chunk: Uint8Array; left: () => void }[] = [];
  #ending = false;
  #sink: LinkSink | undefined;
  #paused = true;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  /** Set when the relay closed the stream: the last word, behind what is unread. */
  #last: { error: Error | undefined } | undefined;

  constructor(carrier: Carrier, id: number) {
    this.#carrier = carrier;
    this.#id = id;
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    this.resume();
  }

  write(chunk: Uint8Array, left: () => void): void {
    this.#waiting.push({ chunk, left });
    this.#flush();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const chunk = this.#unread.shift();
      if (!chunk) break;
      this.#unreadBytes -= chunk.length;
      this.#sink?.data(chunk);
    }
    this.#sayLast();
  }

  end(): void {
    this.#ending = true;
    this.#flush();
  }

  destroy(): void {
    this.#sink = undefined;
    this.#waiting.length = 0;
    this.end();
  }

  deliver(chunk: Uint8Array): void {
    if (!this.#paused) {
      this.#sink?.data(chunk);
      return;
    }
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes > MAX_UNREAD) {
      this.#unread.length = 0;
      const sink = this.#sink;
      this.destroy();
      sink?.fail(new Error(`The server sent ${this.#unreadBytes} bytes that the page left unread.`));
    }
  }

  refill(credit: number): void {
    this.#credit = credit;
    this.#flush();
  }

  over(error?: Error): void {
    this.#last ??= { error };
    this.#waiting.length = 0;
    this.#sayLast();
  }

  #sayLast(): void {
    if (!this.#last || this.#paused) return;
    const sink = this.#sink;
    this.#sink = undefined;
    if (this.#last.error) sink?.fail(this.#last.error);
    else sink?.end();
  }

  #flush(): void {
    if (this.#last) return;
    while (this.#credit > 0 && this.#waiting[0]) {
      if (this.#carrier.full) {
        this.#carrier.whenSent(() => this.#flush());
        return;
      }
      const { chunk, left } = this.#waiting[0];
      this.#carrier.send(DATA, this.#id, chunk.subarray(0, MAX_PAYLOAD));
      this.#credit -= 1;
      if (chunk.length > MAX_PAYLOAD) {
        this.#waiting[0].chunk = chunk.subarray(MAX_PAYLOAD);
      } else {
        this.#waiting.shift();
        this.#carrier.whenSent(left);
      }
    }
    if (this.#ending && this.#waiting.length === 0) {
      this.#last = { error: undefined };
      this.#carrier.send(CLOSE, this.#id, new Uint8Array([VOLUNTARY]));
      this.#carrier.forget(this.#id);
    }
  }
}

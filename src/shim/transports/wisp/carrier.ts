// The WebSocket to a relay, and the streams over it.

import { Failure } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { bytesOf } from '../../platform/binary.ts';
import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import { inBrowser } from '../../platform/host.ts';
import { type IPAddressSpace, secondArgument } from '../address-space.ts';
import { aborted } from '../link-failures.ts';
import { NativeWebSocket } from '../native.ts';
import { decodeRecords } from '../records.ts';
import { relayUrl } from '../relay-url.ts';
import type { Link, TransportTarget } from '../types.ts';
import { Backlog } from './backlog.ts';
import { ACCEPT_TIMEOUT, CLOSE_TIMEOUT, INFO_TIMEOUT, MAX_ID, MAX_JITTER } from './limits.ts';
import { decode, encodeConnect, encodeInfo, type PacketHandler } from './packets.ts';
import { closeError, UNKNOWN, VOLUNTARY } from './reasons.ts';
import { type CarrierSettings, relayOf } from './settings.ts';
import { WispStream } from './stream.ts';
import { Suspect } from './suspect.ts';

/**
 * How long a carrier without streams stays open for the next one, in milliseconds. A process would stay alive as long,
 * since no WebSocket class can be unreferenced: there it is only long enough for a socket that is opened on `close`.
 */
const IDLE_TIMEOUT = inBrowser ? 10_000 : 0;

/** `WebSocket.OPEN`: a user's class may lack the constants. */
const OPEN = 1;

/** A relay speaks v2 only if a subprotocol is offered. */
const SUBPROTOCOL = 'wisp-v2';

/** The extension by which a relay confirms that it has connected a stream. */
const CONFIRMATION = 0x05;

/** The relays that choose no subprotocol, by scheme, host and port: they can't be connected to if one is offered. */
const withoutSubprotocol = new Set<string>();

/** The relays of which a carrier in use was lost, and with it, perhaps, those of all clients; until they accept streams. */
const lost = new Set<string>();

export class Carrier extends Suspect implements PacketHandler {
  readonly settings: CarrierSettings;
  readonly targetAddressSpace: IPAddressSpace | undefined;
  /** See {@link Link.ownTasks}. Classes other than the browser's may deliver several messages in one task. */
  readonly ownTasks: boolean;
  /** Whether `send()` copies the bytes at once, so that they may be overwritten: the browser's own, not a script's. */
  copies = false;
  /** The relay's scheme, host and port, also for messages: its path or query may hold a secret. Empty until it is known. */
  relay = '';
  /** Whether the relay accepts streams. */
  accepted = false;
  readonly backlog = new Backlog(() => this.#socket?.bufferedAmount ?? 0);
  /** The carriers that accept new streams. */
  readonly #carriers: Set<Carrier>;
  readonly #streams = new Map<number, WispStream>();
  /** Of a stream; 0 is the carrier itself. None is used twice. */
  #lastId = 0;
  /** Undefined until the URL is known. */
  #socket: WebSocket | undefined;
  #offersSubprotocol = true;
  readonly #acceptTimer: ReturnType<typeof setTimeout>;
  /** Before it connects, and while it waits for INFO. */
  #delayTimer: ReturnType<typeof setTimeout> | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  /** Whether the relay sent INFO. */
  #informed = false;
  /** How many packets a new stream may send before the first CONTINUE for it. */
  #credit: number | undefined;
  /** Whether that CONTINUE comes as soon as the stream is connected. */
  #confirms = false;
  #ended = false;
  /** Why the relay or the class is about to close the carrier, if that is known. */
  #reason: Failure | undefined;
  #cause: unknown;

  /** @param carriers those that accept new streams, of which this becomes one */
  constructor(settings: CarrierSettings, targetAddressSpace: IPAddressSpace | undefined, carriers: Set<Carrier>) {
    super();
    this.settings = settings;
    this.targetAddressSpace = targetAddressSpace;
    this.ownTasks = inBrowser && settings.WebSocket === NativeWebSocket;
    this.#carriers = carriers.add(this);
    this.#acceptTimer = setTimeout(
      () => this.#fail(`accepted no streams within ${ACCEPT_TIMEOUT / 1_000} s`, undefined, 'relay-timeout'),
      ACCEPT_TIMEOUT,
    );
    this.#start();
  }

  async #start(): Promise<void> {
    const { settings } = this;
    // In a later microtask: there must be a stream to be told of a failure.
    const known = await settings.url;
    try {
      // Before a function is called, which may ask a server that all clients share.
      if (lost.has(settings.relay)) {
        await new Promise((resolve) => {
          this.#delayTimer = setTimeout(resolve, Math.random() * MAX_JITTER);
        });
      }
      const url = relayUrl(typeof known === 'function' ? await known() : known, 'wisp()', "its function's result");
      if (this.#ended) return;
      this.relay = settings.relay = relayOf(url);
      this.#offersSubprotocol = !withoutSubprotocol.has(this.relay);
      this.#open(url);
    } catch (error) {
      this.#end(error);
    }
  }

  #open(url: string): void {
    const { WebSocket } = this.settings;
    try {
      const protocols = this.#offersSubprotocol ? [SUBPROTOCOL] : [];
      const socket = new WebSocket(url, secondArgument(WebSocket, protocols, this.targetAddressSpace));
      this.#socket = socket;
      this.copies = this.ownTasks && `${socket.send}`.includes('[native code]');
      socket.binaryType = 'arraybuffer';
      socket.addEventListener('open', () => {
        this.#opened = true;
        if (!this.#offersSubprotocol) withoutSubprotocol.add(this.relay);
      });
      socket.addEventListener('message', ({ data }) => this.#receive(data));
      // With npm's `ws` an error without a listener is an uncaught exception.
      socket.addEventListener('error', (event) => {
        this.#cause = (event as Partial<ErrorEvent>).error;
      });
      socket.addEventListener('close', ({ code }) => this.#closed(url, code));
    } catch (error) {
      this.#fail("can't be reached", error);
    }
  }

  /** Whether new streams may be opened. */
  get usable(): boolean {
    const isOpen = (this.#socket?.readyState ?? OPEN) <= OPEN;
    return isOpen && this.#carriers.has(this) && !this.suspect && this.#lastId < MAX_ID;
  }

  /** Opens a stream. The relay connects meanwhile; its answer or CLOSE shows whether it could. */
  connect({ hostname, port, signal }: TransportTarget): Promise<Link> {
    clearTimeout(this.#idleTimer);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const stream = new WispStream(this, id, encodeConnect(id, hostname, port), (error) => {
        forgetSignal();
        if (error) reject(error);
        else resolve(stream);
      });
      const forgetSignal = onAbort(signal, () => stream.destroy());
      this.#streams.set(id, stream);
      if (this.accepted) stream.begin(this.#credit, this.#confirms);
    });
  }

  send(packet: Uint8Array<ArrayBuffer>): void {
    this.backlog.sent += packet.length;
    try {
      this.#socket?.send(packet);
    } catch (error) {
      this.#fail("can't be written to", error);
    }
  }

  /** Removes a stream. */
  forget(id: number): void {
    this.#streams.delete(id);
    this.endIfIdle();
  }

  /** Ends the carrier if it has no streams: at once if it won't get any, otherwise later. */
  protected override endIfIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#streams.size > 0) return;
    if (this.usable) this.#idleTimer = setTimeout(() => this.#end(aborted()), IDLE_TIMEOUT);
    else this.#end(aborted());
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.heard();
    // Flushed bytes are reported before a reply to them is delivered.
    this.backlog.report();
    // Packets are binary.
    if (typeof data === 'string') return;
    const bytes = bytesOf(data);
    if (bytes) decode(bytes, this);
    else this.#fail("can't be read from: its class delivers no ArrayBuffers");
  }

  data(id: number, payload: Uint8Array): void {
    this.#streams.get(id)?.receive(payload);
  }

  credit(id: number, packets: number): void {
    if (id !== 0) {
      this.#streams.get(id)?.refill(packets);
      return;
    }
    this.#credit = packets;
    clearTimeout(this.#delayTimer);
    if (this.#informed || !this.settings.extensions) this.#accept();
    else this.#delayTimer = setTimeout(() => this.#accept(), INFO_TIMEOUT);
  }

  /**
   * A relay that speaks v2 sends INFO, the client answers by its own, and the relay consents by a CONTINUE. One that speaks
   * v1 begins with CONTINUE. Relays on wisp-mux 5 send INFO after that, and take an answer only before any other packet.
   */
  async info(extensions: Uint8Array): Promise<void> {
    if (this.accepted || this.#informed) return;
    this.#informed = true;
    clearTimeout(this.#delayTimer);
    try {
      const offered = decodeRecords(extensions);
      const answer = (await this.settings.extensions?.answer(offered)) ?? [];
      this.#confirms = offered.some(([id]) => id === CONFIRMATION);
      if (this.#confirms) answer.push([CONFIRMATION, new Uint8Array()]);
      this.send(encodeInfo(answer));
      this.#accept();
    } catch (error) {
      this.#end(error);
    }
  }

  #accept(): void {
    if (this.accepted || this.#credit === undefined) return;
    this.accepted = true;
    lost.delete(this.relay);
    clearTimeout(this.#acceptTimer);
    for (const stream of this.#streams.values()) stream.begin(this.#credit, this.#confirms);
  }

  close(id: number, reason = UNKNOWN): void {
    if (id === 0) {
      // It accepts no more streams, and those that are open go on.
      this.#reason = closeError(reason);
      if (this.accepted) this.bar();
      else this.#end(this.#reason);
      return;
    }
    this.#streams.get(id)?.closed(reason === VOLUNTARY ? undefined : closeError(reason));
    this.forget(id);
  }

  /** Opens no more streams. Those that are open go on. */
  bar(): void {
    this.#carriers.delete(this);
    this.endIfIdle();
  }

  #closed(url: string, code: number): void {
    clearTimeout(this.#closeTimer);
    if (this.#ended) return;
    if (this.#offersSubprotocol && !this.#opened) {
      // Perhaps because the relay chose no subprotocol (RFC 6455 4.1): a page isn't told.
      this.#offersSubprotocol = false;
      this.#open(url);
      return;
    }
    if (this.accepted && this.#streams.size > 0) lost.add(this.relay);
    if (this.#reason) this.#end(this.#reason);
    else this.#fail(this.#opened ? `closed its connection (code ${code})` : "can't be reached", this.#cause);
  }

  #fail(what: string, cause?: unknown, code = 'relay-unreachable'): void {
    const options = cause === undefined ? undefined : { cause };
    this.#end(new Failure(code, `The relay ${this.relay} ${what}.`.replace('  ', ' '), options));
  }

  /** Ends all streams with the error, and closes the WebSocket. */
  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#carriers.delete(this);
    // A relay that wants v2 may refuse what it once accepted.
    if (!this.accepted) withoutSubprotocol.delete(this.relay);
    for (const timer of [this.#acceptTimer, this.#delayTimer, this.#idleTimer]) clearTimeout(timer);
    this.backlog.stop();
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) stream.closed(error);
    this.#close();
  }

  #close(): void {
    const socket = this.#socket as (WebSocket & { terminate?: () => void }) | undefined;
    if (!socket || socket.readyState > OPEN + 1) return;
    // npm's `ws` has terminate(); without it that class waits for half a minute.
    if (socket.terminate) this.#closeTimer = setTimeout(() => socket.terminate?.(), CLOSE_TIMEOUT);
    try {
      socket.close();
    } catch {
      // There is no other way to close it.
    }
  }
}

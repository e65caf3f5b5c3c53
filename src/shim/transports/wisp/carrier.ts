// A relay's connection, and the streams over it.

import { Failure } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { bytesOf } from '../../platform/binary.ts';
import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import { inBrowser } from '../../platform/host.ts';
import type { IPAddressSpace } from '../address-space.ts';
import { aborted } from '../link-failures.ts';
import { relayUrl } from '../relay-url.ts';
import type { Link, TransportTarget } from '../types.ts';
import { CarrierSocket } from './carrier-socket.ts';
import { ACCEPT_TIMEOUT, MAX_ID, MAX_JITTER } from './limits.ts';
import { Negotiation } from './negotiation.ts';
import { decode, encodeConnect, type PacketHandler } from './packets.ts';
import { closeError, UNKNOWN, VOLUNTARY } from './reasons.ts';
import type { CarrierSettings } from './settings.ts';
import { WispStream } from './stream.ts';

/**
 * How long a carrier without streams stays open for the next one, in milliseconds. A process would stay alive as long,
 * since no WebSocket class can be unreferenced: there it is only long enough for a socket that is opened on `close`.
 */
const IDLE_TIMEOUT = inBrowser ? 10_000 : 0;

/** The relays of which a carrier in use was lost, and with it, perhaps, those of all clients; until they accept streams. */
const lost = new Set<string>();

export class Carrier extends CarrierSocket implements PacketHandler {
  /** The carriers that accept new streams. */
  readonly #carriers: Set<Carrier>;
  readonly #negotiation: Negotiation;
  readonly #streams = new Map<number, WispStream>();
  /** Of a stream; 0 is the carrier itself. None is used twice. */
  #lastId = 0;
  readonly #acceptTimer: ReturnType<typeof setTimeout>;
  /** Before it connects. */
  #delayTimer: ReturnType<typeof setTimeout> | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  /** Why the relay or the class is about to close the carrier, if that is known. */
  #reason: Failure | undefined;

  /** @param carriers those that accept new streams, of which this becomes one */
  constructor(settings: CarrierSettings, targetAddressSpace: IPAddressSpace | undefined, carriers: Set<Carrier>) {
    super(settings, targetAddressSpace);
    this.#carriers = carriers.add(this);
    this.#negotiation = new Negotiation(settings.extensions, () => this.#accept());
    this.#acceptTimer = setTimeout(
      () => this.failed(`accepted no streams within ${ACCEPT_TIMEOUT / 1_000} s`, undefined, 'relay-timeout'),
      ACCEPT_TIMEOUT,
    );
    this.#start();
  }

  async #start(): Promise<void> {
    const { settings } = this;
    // In a later microtask: a failure needs a stream to end.
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
      this.open(url);
    } catch (error) {
      this.#end(error);
    }
  }

  /** Whether the relay accepts streams. */
  get accepted(): boolean {
    return this.#negotiation.accepted;
  }

  /** Whether new streams may be opened. */
  override get usable(): boolean {
    return super.usable && this.#carriers.has(this) && !this.suspect && this.#lastId < MAX_ID;
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
      if (this.accepted) this.#begin(stream);
    });
  }

  #begin(stream: WispStream): void {
    stream.begin(this.#negotiation.credit, this.#negotiation.confirms);
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

  protected override received(data: unknown): void {
    this.heard();
    // Flushed bytes are reported before a reply to them is delivered.
    this.backlog.report();
    // Packets are binary.
    if (typeof data === 'string') return;
    const bytes = bytesOf(data);
    if (bytes) decode(bytes, this);
    else this.failed("can't be read from: its class delivers no ArrayBuffers");
  }

  data(id: number, payload: Uint8Array): void {
    this.#streams.get(id)?.receive(payload);
  }

  credit(id: number, packets: number): void {
    (id === 0 ? this.#negotiation : this.#streams.get(id))?.refill(packets);
  }

  info(extensions: Uint8Array): void {
    this.#negotiation.answer(extensions, this).catch((error) => this.#end(error));
  }

  #accept(): void {
    lost.delete(this.relay);
    clearTimeout(this.#acceptTimer);
    for (const stream of this.#streams.values()) this.#begin(stream);
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

  protected override lost(what: string, cause: unknown): void {
    if (this.accepted && this.#streams.size > 0) lost.add(this.relay);
    if (this.#reason) this.#end(this.#reason);
    else this.failed(what, cause);
  }

  protected override failed(what: string, cause?: unknown, code = 'relay-unreachable'): void {
    const options = cause === undefined ? undefined : { cause };
    this.#end(new Failure(code, `The relay ${this.relay} ${what}.`.replace('  ', ' '), options));
  }

  /** Ends all streams with the error, and closes the WebSocket. */
  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#carriers.delete(this);
    for (const timer of [this.#acceptTimer, this.#delayTimer, this.#idleTimer]) clearTimeout(timer);
    this.#negotiation.stop();
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) stream.closed(error);
    this.closeSocket(this.accepted);
  }
}

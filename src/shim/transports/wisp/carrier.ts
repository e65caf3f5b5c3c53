// The WebSocket to a relay, and the streams over it.

import { Failure } from '../../failure.ts';
import { bytesOf } from '../../platform/binary.ts';
import { queueTurn } from '../../platform/event-loop.ts';
import { clearTimeout, now, setTimeout, URL } from '../../platform/globals.ts';
import { hasProcess } from '../../platform/host.ts';
import { aborted } from '../link-failures.ts';
import { NativeWebSocket } from '../native.ts';
import type { Link } from '../types.ts';
import { WispLink } from './link.ts';
import { closeError, decode, encodeConnect, isVoluntary, type PacketHandler } from './packets.ts';

/** How many bytes may wait in the carrier's WebSocket before streams hold back. */
const MAX_BACKLOG = 4 * 1024 * 1024;

/** How many bytes may be sent before it is looked up in each turn how many are flushed. */
const MAX_UNPOLLED = 64 * 1024;

/** When it is looked up otherwise, in milliseconds. */
const POLL_DELAY = 4;

/** How long a relay may take to accept streams, from the start of connecting to it, in milliseconds. */
const ACCEPT_TIMEOUT = 10_000;

/** How long attempts must have gone unanswered before a carrier counts as dead, in milliseconds. See `attemptEnded`. */
const MAX_SILENCE = 50;

/** How long a carrier must have been silent if something was received during the attempt, in milliseconds. */
const MAX_STALE = 5_000;

/** How long to wait for the relay's Close frame if the class can terminate the connection, in milliseconds. */
const CLOSE_TIMEOUT = 2_000;

/** Whether this is a page or a browser's worker, which doesn't exit on its own. Every such worker has `importScripts`. */
const inBrowser = !hasProcess && !('Deno' in globalThis) && ('document' in globalThis || 'importScripts' in globalThis);

/**
 * How long a carrier without streams stays open for the next one, in milliseconds. A process would stay alive as long,
 * since no WebSocket class can be unreferenced: there it is only long enough for a socket that is opened on `close`.
 */
const IDLE_TIMEOUT = inBrowser ? 10_000 : 0;

/** `WebSocket.OPEN`: a user's class may lack the constants. */
const OPEN = 1;

/** An attempt to connect: when it began, and how many messages had been received by then. */
export interface Attempt {
  readonly begun: number;
  readonly received: number;
}

export class Carrier implements PacketHandler {
  /** See {@link Link.ownTasks}. Classes other than the browser's may deliver several messages in one task. */
  readonly ownTasks: boolean;
  /** Whether `send()` copies the bytes at once, so that they may be overwritten: the browser's own, not a script's. */
  readonly copies: boolean;
  /** The relay's scheme, host and port for messages: its path or query may hold a secret. */
  readonly #relay: string;
  readonly #socket: WebSocket;
  /** Called when this accepts no more streams. */
  readonly #retired: () => void;
  readonly #links = new Map<number, WispLink>();
  #lastId = 0;
  /** Resolves with the first CONTINUE: how many packets a new stream may send before the next one. */
  readonly #ready: Promise<number>;
  #accept: (credit: number) => void = () => {};
  #refuse: (error: Error) => void = () => {};
  readonly #acceptTimer: ReturnType<typeof setTimeout>;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  /** Whether no more streams are opened, while those that are open go on. */
  #barred = false;
  #ended = false;
  /** Why the relay or the class is about to close the carrier, if that is known. */
  #reason: Failure | undefined;
  #cause: unknown;
  /** The number of messages received. */
  #received = 0;
  /** When the last one was received. */
  #receivedAt = 0;
  /** For how long attempts have gone unanswered since, in milliseconds. */
  #waited = 0;
  /** The number of bytes passed to the WebSocket. */
  #sent = 0;
  /** Callbacks waiting for a position to be flushed. */
  readonly #unflushed: { position: number; flushed: () => void }[] = [];
  /** How many bytes are known to be flushed. */
  #flushed = 0;
  /** Whether the flushed bytes will be looked up in the next turn. */
  #pollsSoon = false;
  #pollTimer: ReturnType<typeof setTimeout> | undefined;
  #polls = 0;

  /**
   * @param retired called when this accepts no more streams
   * @throws {Failure} if the class throws
   */
  constructor(relay: string, WebSocket: typeof globalThis.WebSocket, retired: () => void) {
    this.ownTasks = inBrowser && WebSocket === NativeWebSocket;
    const { protocol, host } = new URL(relay);
    this.#relay = `${protocol}//${host}/`;
    this.#retired = retired;
    this.#ready = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    this.#ready.catch(() => {});
    try {
      this.#socket = new WebSocket(relay);
      this.copies = this.ownTasks && `${this.#socket.send}`.includes('[native code]');
      this.#listen();
    } catch (error) {
      throw this.#unreachable("can't be reached", error);
    }
    this.#acceptTimer = setTimeout(() => this.#acceptTimedOut(), ACCEPT_TIMEOUT);
  }

  #listen(): void {
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => {
      this.#opened = true;
      this.#recordReceived();
    });
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    // With npm's `ws` an error without a listener is an uncaught exception.
    this.#socket.addEventListener('error', (event) => {
      this.#cause ??= (event as Partial<ErrorEvent>).error;
    });
    this.#socket.addEventListener('close', ({ code }) => this.#closed(code));
  }

  /** Whether new streams may be opened. */
  get usable(): boolean {
    return !this.#barred && !this.#ended && this.#socket.readyState <= OPEN;
  }

  /** Opens a stream. The relay connects meanwhile; its answer or CLOSE shows whether it could. */
  async connect(hostname: string, port: number, signal: AbortSignal): Promise<Link> {
    clearTimeout(this.#idleTimer);
    const attempt = { begun: now(), received: this.#received };
    const id = this.#newId();
    const link = new WispLink(this, id, attempt);
    this.#links.set(id, link);
    let abort = () => {};
    const aborting = new Promise<never>((_, reject) => {
      // Synchronously: the next attempt may be made in the same task, on `close`.
      abort = () => {
        this.attemptEnded(attempt);
        reject(aborted());
      };
    });
    signal.addEventListener('abort', abort);
    try {
      const credit = await Promise.race([this.#ready, aborting]);
      if (signal.aborted) throw aborted();
      this.send(encodeConnect(id, hostname, port));
      link.refill(credit);
      return link;
    } catch (error) {
      this.forget(id);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** An unused id; 0 is the carrier itself. */
  #newId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#lastId === 0 || this.#links.has(this.#lastId));
    return this.#lastId;
  }

  /**
   * Records that an attempt ended before the server's first byte, by its timeout or by its user: this can't tell which.
   *
   * If anything was received on the carrier lately, the relay is alive and the carrier stays. If not, the relay may have
   * vanished without a FIN (or only the host doesn't answer), and a retry must not wait for it again: the next attempt
   * makes a new carrier, at the cost of a handshake, and the streams of this one go on. An attempt aborted at once is no
   * evidence, since no answer could have come yet, so some waiting is required. The times are added up until something is
   * received: otherwise attempts that are each too short would stay on a dead carrier forever.
   */
  attemptEnded({ begun, received }: Attempt): void {
    if (this.#received !== received) {
      if (now() - this.#receivedAt >= MAX_STALE) this.#bar();
      return;
    }
    this.#waited += now() - begun;
    if (this.#waited >= MAX_SILENCE) this.#bar();
  }

  /** Records that the relay is alive. */
  #recordReceived(): void {
    this.#received += 1;
    this.#receivedAt = now();
    this.#waited = 0;
  }

  send(packet: Uint8Array<ArrayBuffer>): void {
    this.#sent += packet.length;
    try {
      this.#socket.send(packet);
    } catch (error) {
      this.#end(this.#unreachable("can't be written to", error));
    }
  }

  /** Whether streams should hold back, because too much waits in the WebSocket. */
  get full(): boolean {
    return this.#socket.bufferedAmount > MAX_BACKLOG;
  }

  /** Calls `flushed` once everything passed to the WebSocket so far is flushed. */
  whenFlushed(flushed: () => void): void {
    if (this.#ended) return;
    this.#unflushed.push({ position: this.#sent, flushed });
    // A small message is mostly flushed by the time its answer is received: see `#receive`.
    if (this.#sent - this.#flushed > MAX_UNPOLLED) this.#pollSoon();
    else this.#pollTimer ??= setTimeout(this.#poll, POLL_DELAY);
  }

  /** Calls the callbacks for the flushed bytes: no event reports those. */
  #reportFlushed(): void {
    if (this.#unflushed.length === 0) return;
    this.#flushed = this.#sent - this.#socket.bufferedAmount;
    while (this.#unflushed[0] && this.#unflushed[0].position <= this.#flushed) {
      this.#polls = 0;
      this.#unflushed.shift()?.flushed();
    }
  }

  /** Looks repeatedly: at first in each turn of the event loop, then by timers. */
  readonly #poll = (): void => {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = undefined;
    this.#pollsSoon = false;
    this.#reportFlushed();
    if (this.#unflushed.length === 0) return;
    this.#polls += 1;
    if (this.#polls < 8) this.#pollSoon();
    else this.#pollTimer ??= setTimeout(this.#poll, 1);
  };

  #pollSoon(): void {
    if (this.#pollsSoon) return;
    this.#pollsSoon = true;
    queueTurn(this.#poll);
  }

  /** Removes a stream. */
  forget(id: number): void {
    this.#links.delete(id);
    if (this.#links.size > 0 || this.#ended) return;
    clearTimeout(this.#idleTimer);
    if (this.#barred) this.#end(aborted());
    else this.#idleTimer = setTimeout(() => this.#end(aborted()), IDLE_TIMEOUT);
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.#recordReceived();
    // Flushed bytes are reported before a reply to them is delivered.
    this.#reportFlushed();
    // Packets are binary.
    if (typeof data === 'string') return;
    const bytes = bytesOf(data);
    if (!bytes) {
      this.#end(this.#unreachable("can't be read from: its WebSocket class doesn't deliver ArrayBuffers"));
      return;
    }
    decode(bytes, this);
  }

  data(id: number, payload: Uint8Array): void {
    this.#links.get(id)?.receive(payload);
  }

  credit(id: number, packets: number): void {
    if (id === 0) this.#accepted(packets);
    else this.#links.get(id)?.refill(packets);
  }

  close(id: number, reason: number): void {
    if (id === 0) {
      this.#refused(reason);
      return;
    }
    const link = this.#links.get(id);
    if (!link) return;
    link.closed(isVoluntary(reason) ? undefined : closeError(reason));
    this.forget(id);
  }

  #accepted(credit: number): void {
    clearTimeout(this.#acceptTimer);
    this.#accept(credit);
  }

  #acceptTimedOut(): void {
    const seconds = ACCEPT_TIMEOUT / 1_000;
    this.#end(new Failure('relay-timeout', `The relay ${this.#relay} accepted no streams within ${seconds} s.`));
  }

  /** The relay closed the carrier's own stream: it accepts no more streams, and those that are open go on. */
  #refused(reason: number): void {
    this.#reason = closeError(reason);
    this.#refuse(this.#reason);
    this.#bar();
  }

  #bar(): void {
    if (this.#barred || this.#ended) return;
    this.#barred = true;
    this.#retired();
    if (this.#links.size === 0) this.#end(aborted());
  }

  #closed(code: number): void {
    clearTimeout(this.#closeTimer);
    const what = this.#opened ? `closed its connection (code ${code})` : "can't be reached";
    this.#end(this.#reason ?? this.#unreachable(what, this.#cause));
  }

  /** Ends all streams with the error, and closes the WebSocket. */
  #end(error: Failure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#retired();
    clearTimeout(this.#acceptTimer);
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#pollTimer);
    this.#refuse(error);
    const links = [...this.#links.values()];
    this.#links.clear();
    this.#unflushed.length = 0;
    for (const link of links) link.closed(error);
    this.#close();
  }

  #close(): void {
    // npm's `ws` has terminate(); without it that class waits for half a minute.
    const socket = this.#socket as WebSocket & { terminate?: () => void };
    if (socket.readyState > OPEN + 1) return;
    if (typeof socket.terminate === 'function') {
      this.#closeTimer = setTimeout(() => socket.terminate?.(), CLOSE_TIMEOUT);
    }
    try {
      socket.close();
    } catch {
      // There is no other way to close it.
    }
  }

  #unreachable(what: string, cause?: unknown): Failure {
    const options = cause === undefined ? undefined : { cause };
    return new Failure('relay-unreachable', `The relay ${this.#relay} ${what}.`, options);
  }
}

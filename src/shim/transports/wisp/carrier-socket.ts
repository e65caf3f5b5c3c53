// The WebSocket of a carrier, with the subprotocol of Wisp v2 or without.

import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import { inBrowser } from '../../platform/host.ts';
import { type IPAddressSpace, secondArgument } from '../address-space.ts';
import { isNative, NativeWebSocket } from '../native.ts';
import { Backlog } from './backlog.ts';
import { CLOSE_TIMEOUT } from './limits.ts';
import { type CarrierSettings, relayOf } from './settings.ts';
import { Suspect } from './suspect.ts';

/** `WebSocket.OPEN`: a user's class may lack the constants. */
const OPEN = 1;

/** A relay speaks v2 only if a subprotocol is offered. */
const SUBPROTOCOL = 'wisp-v2';

/** The relays that choose no subprotocol, by scheme, host and port: they can't be connected to if one is offered. */
const withoutSubprotocol = new Set<string>();

export abstract class CarrierSocket extends Suspect {
  readonly settings: CarrierSettings;
  readonly targetAddressSpace: IPAddressSpace | undefined;
  /** See {@link Link.ownTasks}. Classes other than the browser's may deliver several messages in one task. */
  readonly ownTasks: boolean;
  /** The browser's own `send()`, if it was that of the WebSocket. */
  #nativeSend: WebSocket['send'] | undefined;
  /** The relay's scheme, host and port, also for messages: its path or query may hold a secret. Empty until it is known. */
  relay = '';
  readonly backlog = new Backlog(() => this.#socket?.bufferedAmount ?? 0);
  /** Undefined until the URL is known. */
  #socket: WebSocket | undefined;
  #offersSubprotocol = true;
  #opened = false;
  /** Whether it was closed from this side. */
  #closing = false;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;
  #cause: unknown;

  constructor(settings: CarrierSettings, targetAddressSpace: IPAddressSpace | undefined) {
    super();
    this.settings = settings;
    this.targetAddressSpace = targetAddressSpace;
    this.ownTasks = inBrowser && settings.WebSocket === NativeWebSocket;
  }

  /** Called until the socket is closed from this side. @param data of a message */
  protected abstract received(data: unknown): void;

  /** Called when the class throws. @param what it can't do, as the end of a sentence that begins with the relay */
  protected abstract failed(what: string, cause: unknown): void;

  /** Called when the connection has ended. @param what happened, likewise */
  protected abstract lost(what: string, cause: unknown): void;

  protected open(url: string): void {
    this.relay = this.settings.relay = relayOf(url);
    this.#offersSubprotocol = !withoutSubprotocol.has(this.relay);
    this.#open(url);
  }

  #open(url: string): void {
    const { WebSocket } = this.settings;
    try {
      const protocols = this.#offersSubprotocol ? [SUBPROTOCOL] : [];
      const socket = new WebSocket(url, secondArgument(WebSocket, protocols, this.targetAddressSpace));
      this.#socket = socket;
      if (this.ownTasks && isNative(socket.send, 'send')) this.#nativeSend = socket.send;
      socket.binaryType = 'arraybuffer';
      socket.addEventListener('open', () => {
        this.#opened = true;
        if (!this.#offersSubprotocol) withoutSubprotocol.add(this.relay);
      });
      socket.addEventListener('message', ({ data }) => {
        if (!this.#closing) this.received(data);
      });
      // With npm's `ws` an error without a listener is an uncaught exception.
      socket.addEventListener('error', (event) => {
        this.#cause = (event as Partial<ErrorEvent>).error;
      });
      socket.addEventListener('close', ({ code }) => this.#closed(url, code));
    } catch (error) {
      this.failed("can't be reached", error);
    }
  }

  /** Whether it is open, or will be. */
  get usable(): boolean {
    return (this.#socket?.readyState ?? OPEN) <= OPEN;
  }

  /** Whether `send()` copies the bytes at once, so that they may be overwritten: the browser's own, not a script's. */
  get copies(): boolean {
    return this.#nativeSend !== undefined && this.#socket?.send === this.#nativeSend;
  }

  send(packet: Uint8Array<ArrayBuffer>): void {
    try {
      this.trySend(packet);
    } catch (error) {
      this.failed("can't be written to", error);
    }
  }

  /** Sends a packet. If it throws, nothing was sent; nothing is called once it was. */
  trySend(packet: Uint8Array<ArrayBuffer>): void {
    this.#socket?.send(packet);
    this.backlog.sent += packet.length;
  }

  #closed(url: string, code: number): void {
    clearTimeout(this.#closeTimer);
    if (this.#closing) return;
    if (this.#offersSubprotocol && !this.#opened) {
      // Perhaps because the relay chose no subprotocol (RFC 6455 4.1): a page can't find out.
      this.#offersSubprotocol = false;
      this.#open(url);
      return;
    }
    this.lost(this.#opened ? `closed its connection (code ${code})` : "can't be reached", this.#cause);
  }

  /** @param accepted whether the relay accepted streams */
  protected closeSocket(accepted: boolean): void {
    this.#closing = true;
    // A relay that wants v2 may refuse what it once accepted.
    if (!accepted) withoutSubprotocol.delete(this.relay);
    this.backlog.stop();
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

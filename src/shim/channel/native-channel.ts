// Messages over the browser's own WebSocket. Its events are tasks already.
import { onAbort } from '../platform/abort-signal.ts';
import { DOMException, EventTarget, queueMicrotask } from '../platform/globals.ts';
import { secondArgument } from '../transports/address-space.ts';
import { isNative, NativeWebSocket } from '../transports/native.ts';
import { checkClose } from '../wasm/core.ts';
import { type Channel, type ChannelEvents, closeEventInit, stillConnecting } from './channel.ts';
import type { ConnectOptions } from './connect.ts';
import { CONNECTING } from './ready-state.ts';

const { addEventListener } = EventTarget.prototype;
const { prototype } = NativeWebSocket ?? ({} as { prototype: undefined });

/** Whether the class is the browser's: scripts may have replaced it with one whose constructor needs its own prototype. */
const isPlatform =
  !!NativeWebSocket && Object.getPrototypeOf(NativeWebSocket) === EventTarget && isNative(NativeWebSocket, 'WebSocket');

/** The platform's sockets that aren't closed, so that no engine collects one with its private fields. */
const targets = new Set<object>();

/** A member of the browser's class: its objects may have the prototype of another class. */
function member<T>(name: string, kind: 'get' | 'set' | 'value'): T | undefined {
  return isPlatform && prototype ? (Object.getOwnPropertyDescriptor(prototype, name)?.[kind] as T) : undefined;
}

const readyStateGetter = member<() => number>('readyState', 'get');
const bufferedAmountGetter = member<() => number>('bufferedAmount', 'get');
const extensionsGetter = member<() => string>('extensions', 'get');
const protocolGetter = member<() => string>('protocol', 'get');
const binaryTypeSetter = member<(type: BinaryType) => void>('binaryType', 'set');
const sendMethod = member<WebSocket['send']>('send', 'value');
const closeMethod = member<WebSocket['close']>('close', 'value');

/** A class derived from EventTarget: `new.target` of its constructor. */
export type Derived = abstract new (...args: never[]) => EventTarget;

export class NativeChannel implements Channel {
  readonly #native: WebSocket;
  readonly url: string;
  readonly target: EventTarget | undefined;
  readonly failure = undefined;
  failureCode: Channel['failureCode'];
  readonly response = undefined;
  readonly tls = undefined;
  #begun = false;
  /** Whether this side ended the attempt to connect. */
  #aborted = false;
  #forgetSignal = () => {};

  /**
   * @param url checked, and serialised
   * @param derived the class of which the socket becomes an object, if that is possible: see {@link Channel.target}
   * @throws {DOMException} `NotSupportedError` if the platform has no WebSocket; and those of its constructor
   */
  constructor(
    url: string,
    { protocols, signal, targetAddressSpace }: ConnectOptions,
    events: ChannelEvents,
    derived: Derived | undefined,
  ) {
    if (!NativeWebSocket) {
      throw new DOMException("This platform has no WebSocket class for the transport 'native'.", 'NotSupportedError');
    }
    this.url = url;
    const isTarget = isPlatform && derived !== undefined;
    const second = secondArgument(NativeWebSocket, protocols, targetAddressSpace);
    const socket: WebSocket = isTarget
      ? Reflect.construct(NativeWebSocket, [url, second], derived)
      : new NativeWebSocket(url, second);
    this.#native = socket;
    this.target = isTarget ? socket : undefined;
    queueMicrotask(() => {
      // Otherwise the caller's stack overflowed in the constructor, and the socket is unreachable.
      if (!this.#begun) this.#discard();
      else this.#forgetSignal = onAbort(signal, () => this.#close());
    });
    if (isTarget) {
      targets.add(socket);
      if (signal) addEventListener.call(socket, 'open', () => this.#forgetSignal());
      addEventListener.call(socket, 'error', () => this.#failed());
      addEventListener.call(socket, 'close', (event) => {
        this.#closed((event as CloseEvent).code);
        targets.delete(socket);
      });
    } else {
      this.#passOn(events);
    }
  }

  /** Passes on each event within its own task. */
  #passOn(events: ChannelEvents): void {
    const socket = this.#native;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#forgetSignal();
      events.open();
    };
    socket.onmessage = ({ data }) => {
      try {
        events.message(typeof data === 'string' ? data : new Uint8Array(data));
      } catch {
        // There is no memory for it.
        this.#close();
      }
    };
    socket.onerror = () => {
      this.#failed();
      events.error();
    };
    socket.onclose = ({ wasClean, code, reason }) => {
      this.#closed(code);
      events.close(closeEventInit(wasClean, code, reason));
    };
  }

  #closed(code: number): void {
    this.#forgetSignal();
    if (code === 1006) this.#failed();
  }

  #failed(): void {
    this.failureCode ??= this.#aborted ? 'aborted' : 'not-reported';
  }

  begin(): void {
    this.#begun = true;
  }

  get readyState(): number {
    return readyStateGetter ? readyStateGetter.call(this.#native) : this.#native.readyState;
  }

  get bufferedAmount(): number {
    return bufferedAmountGetter ? bufferedAmountGetter.call(this.#native) : this.#native.bufferedAmount;
  }

  get extensions(): string {
    return extensionsGetter ? extensionsGetter.call(this.#native) : this.#native.extensions;
  }

  get protocol(): string {
    return protocolGetter ? protocolGetter.call(this.#native) : this.#native.protocol;
  }

  /** Sets the type of the messages that the target dispatches itself. */
  setBinaryType(type: BinaryType): void {
    if (this.target) binaryTypeSetter?.call(this.#native, type);
  }

  sendText(text: string): void {
    this.#send(text);
  }

  sendBinary(bytes: Uint8Array<ArrayBuffer>): void {
    this.#send(bytes);
  }

  sendBlob(blob: Blob): void {
    this.#send(blob);
  }

  #send(data: string | Uint8Array<ArrayBuffer> | Blob): void {
    if (sendMethod) {
      sendMethod.call(this.#native, data);
      return;
    }
    if (this.#native.readyState === CONNECTING) throw stillConnecting();
    this.#native.send(data);
  }

  close(code: number | undefined, reason: string | undefined): void {
    checkClose(code, reason);
    // A reason needs a code.
    if (code === undefined && !reason) this.#close();
    else this.#close(code ?? 1000, reason ?? '');
  }

  #close(code?: number, reason?: string): void {
    this.#aborted ||= this.readyState === CONNECTING;
    if (closeMethod) closeMethod.call(this.#native, code, reason);
    else if (code === undefined) this.#native.close();
    else this.#native.close(code, reason);
  }

  #discard(): void {
    if (!this.target) {
      const socket = this.#native;
      socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
    }
    this.#close();
  }

  monitor(): undefined {}

  hold(): void {}

  release(): void {}
}

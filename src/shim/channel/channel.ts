// The interface between a class and the channel that carries its messages.
import type { ConnectionFailure } from '../failure.ts';
import { DOMException } from '../platform/globals.ts';
import type { TlsFacts } from '../transports/types.ts';
import type { MakeByteMonitor } from './byte/byte-channel.ts';
import type { FrameInfo } from './frame-info.ts';

/** The events that a channel reports to the class, each in a task of its own. */
export interface ChannelEvents {
  open(): void;
  /** @throws {unknown} if there is no memory for the event's `data` */
  message(data: string | Uint8Array<ArrayBuffer> | MessageEvent['data']): void;
  error(): void;
  /** The core stopped, and the socket is closed; `error` and `close` follow. */
  trapped(): void;
  /** The last event: by now the channel has freed the core's socket. Its attributes stay as they are. */
  close(init: CloseEventInit): void;
}

/** What a {@link Monitor} reports. */
export interface MonitorObserver {
  /** A frame was sent or received. */
  frame(frame: FrameInfo): void;
  /** A ping or pong was received. */
  control(type: 'ping' | 'pong', payload: Uint8Array): void;
}

/** What the observer wants reported: pings, and frames, with as many bytes of their payloads; pongs always are. */
export interface Observation {
  readonly observer: MonitorObserver;
  readonly pings: boolean;
  readonly previewBytes: number | undefined;
}

/** Pings, frames, counters and the end at once: what `connectionOf()` adds. */
export interface Monitor {
  /** The core's counters, and the parameters of compression: what `fact()` of src/dom/socket/monitor.rs returns. */
  readonly facts: readonly number[] | undefined;
  /** The name of what connects. */
  readonly transportName: string;
  /** That of the last ping that was answered, in milliseconds. */
  readonly roundTripTime: number | undefined;
  /** @param payload at most 125 bytes; by default a unique number */
  ping(payload: Uint8Array | undefined): Promise<number>;
  /** Reports from now on what is wanted. */
  observe(observation: Observation): void;
  /** Says whether the message that is sent next is compressed; by default its length decides. */
  compressNext(choice: boolean | undefined): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** A way to carry a WebSocket's messages: frames over a byte stream, or the browser's own WebSocket. */
export interface Channel {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  /** Why the connection failed, or wasn't closed cleanly. */
  readonly failure: ConnectionFailure | undefined;
  /** Over `native`, why the connection failed, as far as that is known; in place of {@link failure}. */
  readonly failureCode?: 'aborted' | 'not-reported' | undefined;
  /** The core's record of the handshake's response, once it was received: see websocket/handshake-response.ts. */
  readonly response: Uint8Array | undefined;
  /** The parameters of its TLS, once the connection is open. */
  readonly tls: TlsFacts | undefined;
  /**
   * The browser's own socket, if it is an object of the class that connects: it dispatches its events itself, and
   * {@link ChannelEvents} are not reported.
   */
  readonly target?: EventTarget | undefined;
  /** Connects once the caller's stack has unwound. The last statement of a constructor; without it nothing happens. */
  begin(): void;
  sendText(text: string): void;
  sendBinary(bytes: Uint8Array): void;
  sendBlob(blob: Blob): void;
  close(code: number | undefined, reason: string | undefined): void;
  /** Only for a {@link target}. */
  setBinaryType?(type: BinaryType): void;
  /**
   * The channel's monitor; `undefined` over `native`, which exposes no frames.
   *
   * @param make makes that of a byte channel, which has none by itself: most pages use none
   */
  monitor(make: MakeByteMonitor): Monitor | undefined;
  /**
   * Holds back messages, and the events after them, until {@link release}; does nothing over `native`, which can't
   * wait.
   */
  hold(): void;
  release(): void;
  /** Called with the channel that takes the place of this one, if it is set, before that connects. */
  onConnect?: ((channel: Channel) => void) | undefined;
  /** Called when `bufferedAmount` may have fallen, if it is set; not over `native`, which doesn't report it. */
  onDrain?: (() => void) | undefined;
}

/** The members of a CloseEvent. Without a prototype: a script may have put such members on Object.prototype. */
export function closeEventInit(wasClean: boolean, code: number, reason: string): CloseEventInit {
  return { __proto__: null, wasClean, code, reason } as CloseEventInit;
}

/** The exception of `send()` before the connection is open. */
export function stillConnecting(): DOMException {
  return new DOMException("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.", 'InvalidStateError');
}

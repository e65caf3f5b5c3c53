// What is between a class and its wire.

import type { ConnectionFailure } from '../failure.ts';
import { DOMException } from '../platform/globals.ts';
import type { FrameListener } from '../websocket/connection.ts';

/** What a channel reports to the class, each in a task of its own. */
export interface ChannelEvents {
  open(): void;
  /** @throws {unknown} where the message can't be made an event's `data`: there is no memory */
  message(data: string | Uint8Array<ArrayBuffer> | MessageEvent['data']): void;
  error(): void;
  /** The core stopped, and the socket is closed; `error` and `close` follow. */
  trapped(last: Ended): void;
  /** The last: by now the channel has freed the core. */
  close(ended: Ended, event: CloseEventInit): void;
}

/** What the attributes go on saying after the close. */
export interface Ended {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
}

/** A way to carry a WebSocket's messages: frames over a byte stream, or the browser's own WebSocket. */
export interface Channel extends Ended {
  readonly origin: string;
  readonly readyState: number;
  /** Connects, once the caller's stack has unwound: the last thing that a constructor does. Without it nothing happens. */
  begin(): void;
  sendText(text: string): void;
  sendBinary(bytes: Uint8Array): void;
  sendBlob(blob: Blob): void;
  close(code: number | undefined, reason: string | undefined): void;
  /** Why the connection failed, or wasn't closed cleanly. */
  readonly failure: ConnectionFailure | undefined;
  ping(payload: Uint8Array | undefined): Promise<number>;
  trace(listener: FrameListener | null, previewBytes: number): void;
  /** Keeps messages back, and what comes after them, until {@link release}; where the wire can't wait it does nothing. */
  hold(): void;
  release(): void;
  /** Resolves once at most `most` bytes of payload wait to leave, or the connection is closed; undefined where it is so. */
  drained(most: number): Promise<void> | undefined;
}

/** What the attributes say now, to be kept. */
export function lastValues({ url, protocol, extensions, bufferedAmount }: Ended): Ended {
  return { url, protocol, extensions, bufferedAmount };
}

/** What a CloseEvent says. Without a prototype: an event is made of what is here, and not of what a script put there. */
export function closeEvent(wasClean: boolean, code: number, reason: string): CloseEventInit {
  return { __proto__: null, wasClean, code, reason } as CloseEventInit;
}

/** The error for what the transport in use can't give. */
export function notSupported(what: string): DOMException {
  return new DOMException(`${what} isn't supported over 'native'; use a transport of bytes.`, 'NotSupportedError');
}

// What stands between the class and its wire.

import type { FrameListener } from './connection.ts';
import type { Socket } from './core.ts';
import { queueTask } from './tasks.ts';

/** What a channel tells the WebSocket, each in a task of its own. */
export interface ChannelEvents {
  open(): void;
  message(data: string | Uint8Array<ArrayBuffer> | MessageEvent['data']): void;
  error(): void;
  /** The core is gone, with nothing left to ask; `error` and `close` follow. */
  trapped(last: Ended): void;
  /** The last: by now the channel has freed the core. */
  close(ended: Ended, event: CloseEventInit): void;
}

/** What stays of a core that was freed. */
export interface Ended {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
}

/** A way to carry a WebSocket's messages: frames over a byte stream, or the browser's own WebSocket. */
export interface Channel {
  sendText(text: string): void;
  sendBinary(bytes: Uint8Array): void;
  sendBlob(blob: Blob): void;
  close(code: number | undefined, reason: string | undefined): void;
  /** Why the connection was failed, once it was. */
  readonly failure: string | undefined;
  ping(payload: Uint8Array | undefined): Promise<number>;
  trace(listener: FrameListener | null, previewBytes: number): void;
  /** Keeps messages back, and what is behind them, until {@link release}; where the wire can't wait it does nothing. */
  hold(): void;
  release(): void;
  /** Resolves once no more than `most` bytes of payload wait to leave, or the connection is closed; none where it is so. */
  drained(most: number): Promise<void> | undefined;
}

/** Copies what the attributes go on saying, and frees the core. */
export function endCore(core: Socket): Ended {
  const { url, protocol, extensions, bufferedAmount } = core;
  core.free();
  return { url, protocol, extensions, bufferedAmount };
}

/** Ends a WebSocket whose core trapped: error and close 1006. */
export function endTrapped(core: Socket, url: string, events: ChannelEvents): void {
  const last = lastValues(core) ?? { url, protocol: '', extensions: '', bufferedAmount: 0 };
  events.trapped(last);
  queueTask(() => {
    events.error();
    return () => events.close(last, { wasClean: false, code: 1006, reason: '' });
  });
}

/** A socket that wasn't in the middle of something may still be read. */
function lastValues(core: Socket): Ended | undefined {
  try {
    return endCore(core);
  } catch {
    return undefined;
  }
}

/** The error for what the transport in use can't give. */
export function notSupported(what: string): DOMException {
  return new DOMException(
    `The transport 'native' can't give ${what}: it needs a transport of bytes.`,
    'NotSupportedError',
  );
}

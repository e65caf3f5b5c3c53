// Observes a socket through methods of its own objects that stand in front of those of their classes: a socket that isn't
// recorded has nothing to check.

import type { ByteChannel } from '../channel/byte/byte-channel.ts';
import type { Channel } from '../channel/channel.ts';
import { OPEN } from '../channel/ready-state.ts';
import type { GuardedLink } from '../transports/guarded-link.ts';
import type { Internals } from '../websocket/internals.ts';
import { EventTarget } from './globals.ts';

const { addEventListener } = EventTarget.prototype;

/** The steps of connecting that an observer is notified of, in order. */
export type Step = 'begun' | 'linked' | 'requested' | 'answered' | 'opened';

/** What happens to a socket. Its methods don't throw. */
export interface Observer {
  /** A step of connecting was taken. Only `opened` is known over `native`. */
  step(step: Step): void;
  /** The opening handshake's request is written. */
  request(head: string): void;
  sent(data: string | Uint8Array | Blob): void;
  received(data: string | Uint8Array | Blob): void;
  /** The connection failed: `error` is dispatched next. */
  failed(): void;
  closed(event: { code?: number; reason?: string; wasClean?: boolean }): void;
}

/** Notifies the observer of everything from now on. */
export function observe(internals: Internals, observer: Observer): void {
  const { channel } = internals;
  observeSends(channel, observer);
  if (channel.target) {
    observeEvents(channel.target, observer);
    return;
  }
  observeInternals(internals, observer);
  observeHandshake(channel, observer);
}

/** A method that calls `before`, and then another one. */
function preceded<Args extends unknown[]>(
  owner: object,
  method: (...args: Args) => void,
  before: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => {
    before(...args);
    method.apply(owner, args);
  };
}

/** Only what is sent on an open connection: afterwards messages are counted. */
function observeSends(channel: Channel, observer: Observer): void {
  const observed =
    <Data extends string | Uint8Array | Blob, Rest extends unknown[]>(method: (data: Data, ...rest: Rest) => void) =>
    (data: Data, ...rest: Rest): void => {
      const isOpen = channel.readyState === OPEN;
      method.call(channel, data, ...rest);
      if (isOpen) observer.sent(data);
    };
  channel.sendText = observed(channel.sendText);
  channel.sendBinary = observed(channel.sendBinary);
  channel.sendBlob = observed(channel.sendBlob);
}

function observeInternals(internals: Internals, observer: Observer): void {
  internals.open = preceded(internals, internals.open, () => observer.step('opened'));
  internals.message = preceded(internals, internals.message, (data) => observer.received(data));
  internals.error = preceded(internals, internals.error, () => observer.failed());
  internals.close = preceded(internals, internals.close, (init) => observer.closed(init));
}

/** For the browser's own socket. */
function observeEvents(target: EventTarget, observer: Observer): void {
  const listen = (type: string, listener: (event: Event) => void) => addEventListener.call(target, type, listener);
  listen('open', () => observer.step('opened'));
  listen('message', (event) => {
    const { data } = event as MessageEvent;
    observer.received(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  });
  listen('error', () => observer.failed());
  listen('close', (event) => observer.closed(event as CloseEvent));
}

function observeHandshake(channel: Channel, observer: Observer): void {
  if (!isByteChannel(channel)) {
    // It may connect by another one, once the core is loaded.
    const { onConnect } = channel;
    channel.onConnect = (other) => {
      onConnect?.(other);
      observeHandshake(other, observer);
    };
    return;
  }
  channel.begun = preceded(channel, channel.begun, () => observer.step('begun'));
  channel.linked = preceded(channel, channel.linked, () => observer.step('linked'));
  channel.ready = preceded(channel, channel.ready, (link) => observeRequest(link, observer));
  const { data } = channel;
  channel.data = preceded(channel, data, () => {
    observer.step('answered');
    channel.data = data;
  });
}

function isByteChannel(channel: Channel): channel is ByteChannel {
  return 'begun' in channel;
}

/** The first bytes that are written are the request; a long one is written in several parts. */
function observeRequest(link: GuardedLink, observer: Observer): void {
  const { lender, write } = link;
  let head = '';
  link.lender = undefined;
  link.write = preceded(link, write, (chunk) => {
    // As in Fetch, each byte of a header is a character.
    for (const byte of chunk) head += String.fromCharCode(byte);
    if (!head.endsWith('\r\n\r\n')) return;
    link.write = write;
    link.lender = lender;
    observer.request(head);
    observer.step('requested');
  });
}

// What a WebSocket holds, outside of the class.
import type { Channel, ChannelEvents } from '../channel/channel.ts';
import { Blob, CloseEvent, Event, EventTarget, MessageEvent, queueMicrotask, URL } from '../platform/globals.ts';
import { host } from '../platform/host.ts';
import { ClosedAttributes } from './closed-attributes.ts';
import type { Connection } from './connection.ts';
import { EventHandlers } from './event-handlers.ts';
import type { BinaryType } from './interface.ts';
import { MessageInit } from './message-init.ts';
import type { SendingSide } from './send.ts';

const { dispatchEvent } = EventTarget.prototype;

/** What a socket holds. Its methods are the events of its channel. */
export class Internals implements ChannelEvents, SendingSide {
  /** Set when the constructor has connected. */
  target!: EventTarget;
  readonly strictText: boolean;
  /** Set when the constructor has connected. */
  channel!: Channel;
  /** The channel, or after `close` the final attributes. */
  attributes!: Channel | ClosedAttributes;
  connection: Connection | undefined;
  /** Undefined while none was asked for. */
  #handlers: EventHandlers | undefined;
  binaryType: BinaryType = 'blob';
  #origin: string | undefined;

  constructor(strictText: boolean) {
    this.strictText = strictText;
  }

  get handlers(): EventHandlers {
    this.#handlers ??= new EventHandlers();
    return this.#handlers;
  }

  open(): void {
    fire(this.target, new Event('open'));
  }

  message(message: string | Uint8Array<ArrayBuffer>): void {
    const data =
      typeof message === 'string' ? message : this.binaryType === 'blob' ? new Blob([message]) : message.buffer;
    this.#origin ??= new URL(this.attributes.url).origin;
    fire(this.target, new MessageEvent('message', new MessageInit(data, this.#origin)));
  }

  error(): void {
    fire(this.target, new Event('error'));
  }

  trapped(): void {
    this.attributes = new ClosedAttributes(this.channel);
  }

  close(init: CloseEventInit): void {
    if (!(this.attributes instanceof ClosedAttributes)) this.trapped();
    const Class = CloseEvent ?? host.CloseEvent;
    // A platform without the class, and not Node.
    fire(this.target, Class ? new Class('close', init) : Object.assign(new Event('close'), init));
  }
}

function fire(target: EventTarget, event: Event): void {
  try {
    dispatchEvent.call(target, event);
  } catch (error) {
    // Only if the target isn't an EventTarget (by Reflect.construct): the connection must go on.
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Its constructor returns its argument, so that a class derived from it adds private fields to that. */
class Given {
  constructor(target: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what it is for
    return target;
  }
}

/** The private field of a socket, in a class of its own: the browser's own sockets come from another constructor. */
class Internal extends Given {
  readonly #internals: Internals;

  constructor(socket: EventTarget, internals: Internals) {
    super(socket);
    this.#internals = internals;
    internals.target = socket;
  }

  /** @throws {TypeError} for anything but a WebSocket */
  static of(socket: object): Internals {
    return (socket as Internal).#internals;
  }
}

/** Gives a socket its internals. */
export function setInternals(socket: EventTarget, internals: Internals): void {
  new Internal(socket, internals);
}

/**
 * The internals of a socket.
 *
 * @throws {TypeError} for anything but a WebSocket
 */
export const internalsOf = Internal.of;

// The members of a MessageEvent.

/**
 * A class, so that the engine gives all of them one shape, which the event's constructor reads fast. Without a prototype of
 * its own: a script may have put members of an event's dictionary on Object.prototype.
 */
export class MessageInit {
  readonly data: unknown;
  readonly origin: string;

  constructor(data: unknown, origin: string) {
    this.data = data;
    this.origin = origin;
  }
}

Object.setPrototypeOf(MessageInit.prototype, null);

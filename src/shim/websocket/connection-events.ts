// The events of a connection.
import type { FrameInfo } from '../channel/frame-info.ts';
import type { ListenerOptions } from './interface.ts';

/** A ping or pong was received. */
export interface ControlEvent extends Event {
  /** At most 125 bytes. */
  readonly payload: Uint8Array;
}

/** A frame was sent or received. */
export interface FrameEvent extends Event {
  readonly frame: FrameInfo;
}

/** The events of a connection, by type. */
export interface ConnectionEventMap {
  /** The server's ping was received; it is answered without doing anything. In order with messages. */
  ping: ControlEvent;
  /** A pong was received, also one that answers no ping. In order with messages. */
  pong: ControlEvent;
  /** A frame was sent or received. At once: before the event of the message that ends with it. */
  frame: FrameEvent;
}

/** A listener for the events of a connection. */
export type ConnectionListener<E> = ((event: E) => unknown) | { handleEvent(event: E): unknown } | null;

/** Options of a listener. */
export interface ConnectionListenerOptions extends ListenerOptions {
  /** For `frame`: the maximum length of {@link FrameInfo.preview}; the longest that any listener wants counts. 256 by default. */
  previewBytes?: number;
}

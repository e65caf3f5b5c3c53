// The word that the core's calls return: what follows from them. The bits are those of src/dom/socket/status.rs.

/** An event waits. */
export const EVENT = 1 << 0;
/** The next event is a message, which a slow reader may leave for later. */
export const MESSAGE_NEXT = 1 << 1;
/** The next event is `error`, which `close` follows in the same task. */
export const ERROR_NEXT = 1 << 2;
/** All events that wait are messages whose payloads the shim holds: they may be dispatched without asking the core. */
export const IN_PLACE_ONLY = 1 << 3;
/** No more input is wanted for now. */
export const FULL = 1 << 4;
/** The deadline changed. */
export const DEADLINE = 1 << 5;
/** A Close frame was sent or received: no more output follows that could be written together with it. */
export const CLOSING_HANDSHAKE = 1 << 6;
/** The core needs the bytes of the message that is incomplete. */
export const PARTIAL_WANTED = 1 << 7;
/** The next bytes are payload that the core need not see. */
export const SKIPPABLE = 1 << 8;

/** `receive`: payloads are in several places of the chunk. */
export const RANGES = 1 << 11;
/** `receive`: there is one payload, or a part of one, and it reaches to the end of the chunk. */
export const RANGE = 1 << 12;
/** That payload is text. */
export const TEXT = 1 << 13;
/** It has only ASCII characters. */
export const ASCII = 1 << 14;
/** A message ends with it, or with the bytes that were skipped. */
export const LAST = 1 << 15;

/** `readyState`. */
export function readyStateOf(status: number): number {
  return (status >> 9) & 3;
}

/** The status of a socket that is closed. */
export const CLOSED_STATUS = 3 << 9;

/** Where the one payload starts. */
export function rangeStart(status: number): number {
  return status >>> 16;
}

/** `nextEvent`: the kind of the event is in the bits from this one on. */
export const KIND_SHIFT = 16;
export const STATUS_MASK = 0xffff;

// The limits of a carrier.

/** How long a relay may take to accept streams, from the start of connecting to it, in milliseconds. */
export const ACCEPT_TIMEOUT = 10_000;

/** How long to wait for an INFO after the first CONTINUE, in milliseconds, if the program has extensions. */
export const INFO_TIMEOUT = 1_000;

/** How long to wait for the relay's Close frame if the class can terminate the connection, in milliseconds. */
export const CLOSE_TIMEOUT = 2_000;

/** How long a carrier waits at most before it connects in place of one that was lost, in milliseconds. */
export const MAX_JITTER = 1_000;

/** The last id of a stream. */
export const MAX_ID = 2 ** 32 - 1;

// The counters of a connection, and its compression, from the core's numbers (src/dom/socket/monitor.rs).

/** What went in one direction since the opening handshake. */
export interface TrafficStatistics {
  /** The number of messages, each counted when it is complete. */
  readonly messages: number;
  /** The number of frames, those of pings, pongs and the closing handshake included. */
  readonly frames: number;
  /**
   * The bytes of the frames, headers included: those that the transport carries, without the opening handshake, and without
   * what TLS or a relay adds.
   */
  readonly bytes: number;
  /** The bytes of the messages' payloads, uncompressed; text counts in UTF-8. */
  readonly payloadBytes: number;
  /** `payloadBytes`, divided by the bytes of these payloads in their frames: over 1 if compression saved something. */
  readonly compressionRatio: number;
}

/** The counters of a connection, as they were when they were read. */
export interface ConnectionStatistics {
  /** To the server. Frames count when they are made: the transport may not have flushed them. */
  readonly sent: TrafficStatistics;
  /** From the server. Frames count when they are read. */
  readonly received: TrafficStatistics;
  /** The milliseconds from the last ping of `ping()` that was answered to its pong; `undefined` if there is none. */
  readonly roundTripTime: number | undefined;
}

/** The parameters of permessage-deflate that both sides agreed on (RFC 7692 7.1). */
export interface CompressionParameters {
  /** Whether the server starts each message with an empty window. */
  readonly serverNoContextTakeover: boolean;
  /** Whether this side does. */
  readonly clientNoContextTakeover: boolean;
  /** The largest window of the server, as the base-2 logarithm of its size: 8 to 15. */
  readonly serverMaxWindowBits: number;
  /** The largest window of this side. */
  readonly clientMaxWindowBits: number;
}

/** The counters among the numbers of a connection; 0 if there are none. */
export function statisticsOf(facts: readonly number[] = [], roundTripTime: number | undefined): ConnectionStatistics {
  return { sent: traffic(facts.slice(0, 6)), received: traffic(facts.slice(6)), roundTripTime };
}

function traffic([
  messages = 0,
  frames = 0,
  bytes = 0,
  payloadBytes = 0,
  plain = 0,
  deflated = 0,
]: number[]): TrafficStatistics {
  const onWire = payloadBytes - plain + deflated;
  const compressionRatio = payloadBytes > 0 && onWire > 0 ? payloadBytes / onWire : 1;
  return { messages, frames, bytes, payloadBytes, compressionRatio };
}

/** The parameters of compression among them; `undefined` if it isn't in use. */
export function compressionOf(facts: readonly number[] = []): CompressionParameters | undefined {
  const word = facts[12] ?? 0;
  if (word === 0) return undefined;
  return {
    serverNoContextTakeover: (word & 0x10) > 0,
    clientNoContextTakeover: (word & 0x1000) > 0,
    serverMaxWindowBits: word & 15,
    clientMaxWindowBits: (word >> 8) & 15,
  };
}

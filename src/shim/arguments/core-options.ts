// The options that the core has, as numbers and strings, which a new socket of the core reads.

/** The options of one WebSocket. */
export interface CoreOptions {
  /** For each option that is set, its index in {@link NUMBERS} and its value. */
  numbers: number[];
  /** Names and values of headers. */
  headers: string[];
}

/** The options that are numbers: src/dom/options.rs has the same order. */
const NUMBERS = [
  // How many strings there are in `headers`.
  '',
  'maxMessageSize',
  'maxFragments',
  'maxHeaderSize',
  'maxErrorBody',
  'maxQueuedPongs',
  'highWaterMark',
  'handshakeTimeout',
  'closeTimeout',
  'keepAlive.interval',
  'keepAlive.timeout',
  'keepAlive',
  'perMessageDeflate',
  'perMessageDeflate.level',
  'perMessageDeflate.threshold',
  'perMessageDeflate.serverMaxWindowBits',
  'perMessageDeflate.clientMaxWindowBits',
  'perMessageDeflate.serverNoContextTakeover',
  'perMessageDeflate.clientNoContextTakeover',
];

/** The least and the greatest value; both must be integers, if there is a greatest one. */
const RANGES: Record<string, [least: number, most?: number]> = {
  keepAlive: [0],
  maxErrorBody: [0],
  perMessageDeflate: [0],
  'perMessageDeflate.level': [0, 9],
  'perMessageDeflate.threshold': [0, Number.POSITIVE_INFINITY],
  'perMessageDeflate.serverMaxWindowBits': [8, 15],
  'perMessageDeflate.clientMaxWindowBits': [8, 15],
  'perMessageDeflate.serverNoContextTakeover': [0],
  'perMessageDeflate.clientNoContextTakeover': [0],
};

/**
 * Sets an option that is a number or a boolean.
 *
 * @throws {TypeError} for a number out of its range
 */
export function setNumber({ numbers }: CoreOptions, name: string, value: number | boolean): void {
  const number = +value;
  const [least, most] = RANGES[name] ?? [1];
  const isInteger = most !== undefined;
  // The remainder of Infinity is NaN.
  if (!(number >= least) || (isInteger && (number > most || number % 1))) {
    const range = isInteger && most < Number.POSITIVE_INFINITY ? `from ${least} to ${most}` : `of at least ${least}`;
    throw new TypeError(
      `The option '${name}' must be ${isInteger ? 'an integer' : 'a number'} ${range}, not ${number}.`,
    );
  }
  numbers.push(NUMBERS.indexOf(name), number);
}

// The rows and columns of the table.

/**
 * What a contender has to do.
 * @typedef {object} Job
 * @property {'recv' | 'send' | 'echo'} kind
 * @property {number} size of a message, in bytes
 * @property {boolean} text
 * @property {number} count of messages
 * @property {number} batch how many are sent in one task; the server says when it has received so many
 * @property {number} window how many batches may be on their way, so that the way there and back isn't waited for
 * @property {boolean} compare whether each message's content is compared, not only its length
 */

const [KIB, MIB] = [1024, 1024 * 1024];

/** @type {Record<string, Omit<Job, 'compare'>>} */
export const ROWS = {
  'recv 128 B text': recv({ size: 128, text: true, count: 16_000 }),
  'recv 64 KiB binary': recv({ size: 64 * KIB, count: 1_000 }),
  'recv 4 MiB binary': recv({ size: 4 * MIB, count: 16 }),
  'send 128 B text, 1,000 in one task': send({ size: 128, text: true, batch: 1_000, count: 20_000, window: 1 }),
  'send 4 KiB text': send({ size: 4 * KIB, text: true, batch: 64, count: 6_400 }),
  'send 64 KiB binary': send({ size: 64 * KIB, batch: 16, count: 800 }),
  'send 4 MiB binary': send({ size: 4 * MIB, batch: 1, count: 16 }),
  'echo 128 B text': { kind: 'echo', size: 128, text: true, count: 1_000, batch: 1, window: 1 },
};

/** The contenders by their columns: those of browser/contenders.js, and browser/bytes.js. */
export const COLUMNS = {
  'websocket-wasm': 'overWisp',
  'over native': 'overNative',
  'built-in': 'native',
  'epoxy-tls': 'epoxy',
  'libcurl.js': 'libcurl',
  'raw bytes': 'bytes',
};

/**
 * Other numbers of messages: for libcurl.js, which receives one in each turn of a timer of 4 ms, and for those that would be
 * done too soon to be measured.
 * @type {Record<string, Record<string, number>>}
 */
export const COUNTS = {
  'recv 128 B text': { 'websocket-wasm': 48_000, 'epoxy-tls': 96_000, 'raw bytes': 160_000, 'libcurl.js': 100 },
  'recv 64 KiB binary': { 'libcurl.js': 60 },
  'send 128 B text, 1,000 in one task': { 'websocket-wasm': 80_000, 'raw bytes': 160_000 },
  'echo 128 B text': { 'libcurl.js': 60 },
};

/** @returns {Omit<Job, 'compare'>} */
function recv(job) {
  return { kind: 'recv', text: false, batch: 1, window: 1, ...job };
}

/** @returns {Omit<Job, 'compare'>} */
function send(job) {
  return { kind: 'send', text: false, window: 2, ...job };
}

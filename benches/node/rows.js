// The rows of the Node part.

/**
 * @typedef {object} Work
 * @property {'give' | 'burst' | 'take' | 'echo' | 'connect' | 'idle'} job what the client does, and the server: see client.js
 * @property {import('./payloads.js').Load} [load]
 * @property {number} count of messages, connections or sockets
 * @property {number} [batch] how many at a time
 * @property {boolean} [deflate]
 * @property {boolean} [paced] whether the server sends one message at a time
 * @property {Record<string, string>} metrics
 * @property {string[]} [without] contenders that can't do it
 */

const KIB = 1024;
const MIB = 1024 * KIB;

const TIMES = { cpu: 'us/message', wall: 'us/message' };

const text = (size) => /** @type {const} */ ({ kind: 'text', size });
const binary = (size) => /** @type {const} */ ({ kind: 'binary', size });
const JSON_LOAD = /** @type {const} */ ({ kind: 'json' });

const ON = "ws's on()";

/** Receiving. @returns {Work} */
const give = (load, count, more = {}) => ({ job: 'give', load, count, metrics: TIMES, ...more });

/** Sending. @returns {Work} */
const take = (load, count, batch = 1) => ({ job: 'take', load, count, batch, metrics: TIMES, without: [ON] });

/** On a busy machine, some of the messages that come one per chunk still come together. @type {Record<string, Work>} */
export const ROWS = {
  'recv 128 B text, many per chunk': give(text(128), 150_000),
  'recv 128 B binary, many per chunk': give(binary(128), 150_000),
  'recv 16 B text, many per chunk': give(text(16), 200_000),
  'recv 128 B text, one per chunk': give(text(128), 4_000, { paced: true, metrics: { cpu: 'us/message' } }),
  'recv 128 B text, 32 sockets': { job: 'burst', load: text(128), count: 6_400, batch: 32, metrics: TIMES },
  'recv 4 KiB text': give(text(4 * KIB), 15_000),
  'recv 64 KiB text': give(text(64 * KIB), 1_500),
  'recv 64 KiB binary': give(binary(64 * KIB), 2_000),
  'recv 4 MiB binary': give(binary(4 * MIB), 32),
  'send 128 B text, batches': take(text(128), 100_000, 100),
  'send 128 B text, a turn between': take(text(128), 15_000),
  'send 4 KiB text': take(text(4 * KIB), 8_000, 8),
  'send 16 KiB text': take(text(16 * KIB), 3_000, 4),
  'send 64 KiB text': take(text(64 * KIB), 1_000),
  'send 4 MiB text': take(text(4 * MIB), 16),
  'send 64 KiB binary': take(binary(64 * KIB), 1_500),
  'send 4 MiB binary': take(binary(4 * MIB), 24),
  'echo 128 B text': {
    job: 'echo',
    load: text(128),
    count: 3_000,
    metrics: { cpu: 'us/message', p50: 'us' },
    without: [ON],
  },
  'recv JSON 3 KB, compressed': give(JSON_LOAD, 4_000, { deflate: true, without: ['websocket', 'raw net'] }),
  'send JSON 3 KB, compressed': {
    ...take(JSON_LOAD, 1_200, 8),
    deflate: true,
    // undici agrees to compression but sends nothing compressed.
    without: [ON, 'undici', 'websocket', 'raw net'],
  },
  'connect, one by one': {
    job: 'connect',
    count: 150,
    metrics: { cpu: 'us/connection', wall: 'us/connection' },
    without: [ON],
  },
  'connect, 8 at a time': {
    job: 'connect',
    count: 160,
    batch: 8,
    metrics: { cpu: 'us/connection', wall: 'us/connection' },
    without: [ON],
  },
  'memory of an idle socket': {
    job: 'idle',
    count: 400,
    batch: 40,
    metrics: { heap: 'KiB of JS heap', all: 'KiB of the process' },
    without: [ON],
  },
};

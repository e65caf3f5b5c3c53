// In the page: a row's work with messages.

/** @typedef {import('../rows.js').Job} Job */

/** The message of the page's only row. @type {string | ArrayBuffer | undefined} */
let message;

/**
 * Does a job on a connection of its own.
 * @param {import('./contenders.js').Connect} connect
 * @param {string} server its origin
 * @param {Job} job
 * @returns {Promise<number>} the duration of the work without the handshakes, in milliseconds
 */
export async function exchange(connect, server, job) {
  // Made in the run before the one that is measured.
  message ??= contents(job);
  let onEnd = (/** @type {Error} */ _) => {};
  const ended = new Promise((_, reject) => {
    onEnd = reject;
  });
  ended.catch(() => {});
  const { kind, size, text, count, batch, compare } = job;
  const query = new URLSearchParams(
    Object.entries({ size, text: +text, count, batch, compare: +compare }).map(([name, value]) => [name, `${value}`]),
  );
  const work = { message, job, onMessage: (/** @type {any} */ _) => {} };
  const connecting = connect(
    `${server}/${kind}?${query}`,
    (data) => work.onMessage(data),
    (error) => onEnd(error),
  );
  const connection = await Promise.race([connecting, ended]);
  const start = performance.now();
  await Promise.race([KINDS[kind](connection, work), ended]);
  const duration = performance.now() - start;
  onEnd = () => {};
  connection.close();
  return duration;
}

/** @type {Record<Job['kind'], (connection: import('./contenders.js').Connection, work: any) => Promise<unknown>>} */
const KINDS = {
  recv: (connection, work) =>
    new Promise((resolve, reject) => {
      const { size, text, count, compare } = work.job;
      let received = 0;
      work.onMessage = (data) => {
        const length = text ? data.length : data.byteLength;
        if (length !== size || (compare && !equal(data, work.message))) reject(new Error('another message'));
        received += 1;
        if (received === count) resolve(undefined);
      };
      connection.send('go');
    }),
  send: (connection, work) =>
    new Promise((resolve) => {
      const { count, batch, window } = work.job;
      let [sent, arrived] = [0, 0];
      const sendBatch = () => {
        for (let index = 0; index < batch && sent < count; index += 1, sent += 1) connection.send(work.message);
      };
      work.onMessage = () => {
        arrived += 1;
        sendBatch();
        if (arrived * batch === count) resolve(undefined);
      };
      for (let batches = 0; batches < window; batches += 1) sendBatch();
    }),
  echo: (connection, work) =>
    new Promise((resolve, reject) => {
      let received = 0;
      work.onMessage = (data) => {
        if (!equal(data, work.message)) reject(new Error('another message'));
        received += 1;
        if (received === work.job.count) resolve(undefined);
        else connection.send(work.message);
      };
      connection.send(work.message);
    }),
};

/** The same as the server's (../contents.js). */
function contents({ size, text }) {
  if (text) return Array.from({ length: size }, (_, at) => String.fromCharCode(0x20 + ((at * 7) % 0x5f))).join('');
  return Uint8Array.from({ length: size }, (_, at) => at * 31).buffer;
}

function equal(data, message) {
  if (typeof message === 'string') return data === message;
  const [bytes, expected] = [new Uint8Array(data), new Uint8Array(message)];
  let same = bytes.length === expected.length;
  for (let at = 0; same && at < bytes.length; at += 1) same = bytes[at] === expected[at];
  return same;
}

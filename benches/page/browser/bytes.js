// In the page: the bytes of a row's messages in the relay's packets, without a protocol on top. Nothing over a relay can be
// quicker.

/** The largest packet that ../../src/shim/transports/wisp sends. */
const MAX_PACKET = 64 * 1024;
const HEADER = 5;
const DATA = 2;

/** The packets of a batch of the page's only row. @type {Uint8Array<ArrayBuffer>[] | undefined} */
let packets;

/**
 * @param {string} server its origin
 * @param {import('../rows.js').Job} job
 * @returns {Promise<number>} the duration of the work, in milliseconds
 */
export async function exchangeBytes(server, { kind, size, count, batch, window }) {
  const socket = new WebSocket(`${server}/raw/${kind}?size=${size}&count=${count}&batch=${batch}`);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = reject;
  });
  const received = size + (size < 126 ? 2 : size < 65536 ? 4 : 10);
  // Made in the run before the one that is measured.
  packets ??= packetsOf(kind === 'recv' ? 1 : (received + 4) * batch);
  const sendBatch = () => {
    for (const packet of packets ?? []) socket.send(packet);
  };
  const start = performance.now();
  await new Promise((resolve, reject) => {
    let [sent, left] = [0, kind === 'recv' ? received * count : count];
    socket.onclose = () => reject(new Error('the relay closed the connection'));
    socket.onmessage = ({ data }) => {
      if (new Uint8Array(data)[0] !== DATA) return;
      left -= kind === 'recv' ? data.byteLength - HEADER : batch;
      if (left === 0) resolve(undefined);
      else if (kind !== 'recv' && sent < count) {
        sent += batch;
        sendBatch();
      }
    };
    if (kind === 'recv') sendBatch();
    else for (; sent < Math.min(count, window * batch); sent += batch) sendBatch();
  });
  const duration = performance.now() - start;
  socket.onclose = null;
  socket.close();
  return duration;
}

/** DATA packets of that many bytes altogether. */
function packetsOf(length) {
  const packets = [];
  for (let left = length; left > 0; ) {
    const packet = new Uint8Array(Math.min(MAX_PACKET, HEADER + left));
    packet.set([DATA, 1]);
    left -= packet.length - HEADER;
    packets.push(packet);
  }
  return packets;
}

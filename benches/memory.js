// The peak memory of a process for the input of a hostile peer: `npm run bench:memory`. Each case is a process of its
// own, whose peak is compared with that of one that only connects. The peer is a raw server in this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDeflateRaw, deflateRawSync } from 'node:zlib';
import { header } from '../tests/support/servers/frame.js';
import { acceptance, startRaw } from '../tests/support/servers/raw.js';

const MIB = 1024 * 1024;

/** A compressed message of `size` zeros. */
async function bomb(size) {
  const deflate = createDeflateRaw({ level: 9 });
  const chunks = [];
  deflate.on('data', (chunk) => chunks.push(chunk));
  for (let i = 0; i < size / MIB; i += 1) if (!deflate.write(Buffer.alloc(MIB))) await once(deflate, 'drain');
  deflate.end();
  await once(deflate, 'end');
  const payload = Buffer.concat([...chunks, Buffer.from([0])]);
  return Buffer.concat([header(0xc2, payload.length), payload]);
}

const small = deflateRawSync(Buffer.alloc(MIB));
const plain = (size) => (socket) => {
  socket.write(header(0x82, size));
  for (let i = 0; i < size / MIB; i += 1) socket.write(Buffer.alloc(MIB));
};
const repeated = (bytes, times) => (socket) => {
  const many = Buffer.concat(Array(1000).fill(bytes));
  for (let i = 0; i < times / 1000; i += 1) socket.write(many);
  socket.write(Buffer.concat([header(0x81, 3), Buffer.from('end')]));
};
const giant = await bomb(1024 * MIB);
/**
 * The server's behaviour, and the client's limit.
 * @type {Record<string, [(socket: import('node:net').Socket) => void, number]>}
 */
const cases = {
  'only connects': [repeated(Buffer.alloc(0), 1), 256 * MIB],
  'a bomb of 1 GiB, limit 1 MiB': [(socket) => socket.write(giant), MIB],
  'a bomb of 1 GiB, limit 64 MiB': [(socket) => socket.write(giant), 64 * MIB],
  '1,000 bombs of 1 MiB, one after another': [
    repeated(Buffer.concat([header(0xc2, small.length + 1), small, Buffer.from([0])]), 1000),
    256 * MIB,
  ],
  '1,000,000 pings of 125 bytes': [repeated(Buffer.concat([header(0x89, 125), Buffer.alloc(125)]), 1e6), 256 * MIB],
  'a message of 16 MiB': [plain(16 * MIB), 256 * MIB],
  'a message of 256 MiB': [plain(256 * MIB), 256 * MIB],
};

async function peak(write, limit) {
  const server = await startRaw((socket, request) => {
    socket.write(acceptance(request, 'Sec-WebSocket-Extensions: permessage-deflate'));
    write(socket);
  });
  const client = fileURLToPath(new URL('memory-client.js', import.meta.url));
  const child = spawn('node', [client, server.url, `${limit}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  await once(child, 'exit');
  await server.close();
  return JSON.parse(`${line}`);
}

let base;
for (const [name, [write, limit]] of Object.entries(cases)) {
  const { rss, external, outcome } = await peak(write, limit);
  base ??= { rss, external };
  const more = [rss - base.rss, external - base.external].map((bytes) =>
    `${(bytes / MIB).toFixed(1)} MiB`.padStart(11),
  );
  console.log(`${name.padEnd(42)}process ${more[0]}   wasm and buffers ${more[1]}   ${outcome}`);
}

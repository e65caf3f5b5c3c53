// wss: is never sent unencrypted: a transport's result must have `secure: true`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { connectionOf } from 'websocket-wasm';
import { acceptance, startAccepting, startRawTls } from '../support/servers/raw.js';
import { FAILED, open, shut, story } from './support/sockets.js';

let plain;
let encrypted;
/** Everything written to the plain server. */
let written = '';
before(async () => {
  plain = await startAccepting();
  encrypted = await startRawTls((socket, request) => socket.write(acceptance(request)));
});
after(async () => {
  await plain.close();
  await encrypted.close();
});

const ca = readFileSync(new URL('../support/servers/tls/ca.crt', import.meta.url));
const headers = { Authorization: 'Bearer secret' };

/** Connects by TCP, and records the bytes written. */
function connect({ hostname, port }) {
  const socket = net.connect(port, hostname);
  const write = socket.write.bind(socket);
  socket.write = (chunk, ...rest) => {
    written += chunk;
    return write(chunk, ...rest);
  };
  return socket;
}

/** A socket as a link. */
function linkOf(socket, more) {
  return {
    ...more,
    open: (sink) => {
      socket.on('data', (chunk) => sink.data(chunk));
      socket.on('end', () => sink.end());
      socket.on('error', (error) => sink.fail(error));
    },
    write: (chunk, flushed) => socket.write(chunk, () => flushed()),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
  };
}

const shapes = {
  'a byte stream': (socket, more) => ({ ...Duplex.toWeb(socket), ...more }),
  'a link': linkOf,
};

test('a `secure` on Object.prototype does not count', async () => {
  written = '';
  Object.defineProperty(Object.prototype, 'secure', { value: true, configurable: true });
  try {
    for (const shape of Object.values(shapes)) {
      const transport = (target) => shape(connect(target));
      const { failure } = await story(plain.url.replace('ws:', 'wss:'), { transport, headers });
      assert.equal(failure.code, 'transport-not-encrypted');
    }
  } finally {
    Reflect.deleteProperty(Object.prototype, 'secure');
  }
  assert.equal(written, '');
});

test('a `secure` that throws does not count', async () => {
  written = '';
  const secure = {
    get() {
      throw new Error('no answer');
    },
  };
  for (const shape of Object.values(shapes)) {
    const transport = (target) => Object.defineProperty(shape(connect(target)), 'secure', secure);
    const { failure } = await story(plain.url.replace('ws:', 'wss:'), { transport, headers });
    assert.equal(failure.code, 'transport-not-encrypted');
  }
  assert.equal(written, '');
});

for (const [name, shape] of Object.entries(shapes)) {
  for (const [claim, more] of Object.entries({ undefined: {}, false: { secure: false }, 1: { secure: 1 } })) {
    test(`wss: over ${name} whose \`secure\` is ${claim} fails before a byte is written`, async () => {
      written = '';
      let closed;
      const transport = (target) => {
        const socket = connect(target);
        closed = new Promise((resolve) => socket.on('close', resolve));
        return shape(socket, more);
      };
      const { failure, ...rest } = await story(plain.url.replace('ws:', 'wss:'), { transport, headers });
      assert.deepEqual(rest, FAILED);
      assert.equal(failure.code, 'transport-not-encrypted');
      assert.match(failure.message, /not encrypted.*secure: true/);
      await closed;
      assert.equal(written, '');
    });
  }

  test(`ws: over ${name} needs no \`secure\``, async () => {
    const socket = await open(plain.url, { transport: (target) => shape(connect(target)), headers, closeTimeout: 50 });
    await shut(socket);
  });

  test(`wss: over ${name} whose \`secure\` is true connects`, async () => {
    const transport = async ({ hostname, port }) => {
      const socket = tls.connect({ host: hostname, port, ca });
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      return shape(socket, { secure: true });
    };
    const socket = await open(encrypted.url, { transport, headers, closeTimeout: 50 });
    await shut(socket);
    assert.equal(connectionOf(socket).failure.code, 'close-timeout');
  });
}

// needs: rust
// webTransport() in Deno, which has WebTransport by a flag (Node and Bun have none): a process ends by itself once its
// sockets are closed, however they ended.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, startEcho } from '../../scripts/servers.js';
import { output, RUNTIMES } from '../package/support/runtimes.js';
import { buildRelay, startRelay } from '../support/relays/web-transport.js';
import { startRaw } from '../support/servers/raw.js';

const [deno, run, ...flags] = RUNTIMES.deno;
const COMMAND = [deno, run, '--unstable-net', ...flags];

const closers = [];
/** Starts a server, which is closed after the tests. */
async function started(starting) {
  const server = await starting;
  closers.push(() => server.close());
  return server;
}

let relay;
let ports;
let blocked;
let mute;
before(async () => {
  const echo = await started(startEcho());
  const silent = await started(startRaw(() => {}));
  ports = { echo: echo.port, silent: new URL(silent.url).port, closed: await freePort() };
  blocked = await freePort();
  relay = await started(
    startRelay(await buildRelay(), { allow: Object.values(ports).map((port) => `127.0.0.1:${port}`) }),
  );
  mute = createSocket('udp4').bind(0, '127.0.0.1');
  closers.push(() => mute.close());
  await once(mute, 'listening');
});
after(async () => {
  for (const close of closers.reverse()) await close();
});

/** A socket of `runtime-ends.js`. */
const socket = (port = ports.echo, more = {}, url = relay.url) => ({
  kind: 'webTransport',
  argument: { url, hash: relay.hash },
  url: `ws://127.0.0.1:${port}/`,
  ...more,
});

test('a process ends after its last socket', async () => {
  const cases = {
    one: socket(),
    'another of its session': socket(),
    'a WebSocketStream': socket(ports.echo, { isStream: true }),
  };
  assert.deepEqual(await output(COMMAND, 'runtime-ends.js', { cases }), {
    one: 1000,
    'another of its session': 1000,
    'a WebSocketStream': 1000,
  });
});

test('a process ends after its last socket, however that failed', async () => {
  const options = { handshakeTimeout: 300 };
  const cases = {
    'a target that is refused': socket(ports.closed),
    'a target that is blocked': socket(blocked),
    'a target that never answers': socket(ports.silent, { options }),
    'a relay that never answers': socket(ports.echo, { options }, `https://127.0.0.1:${mute.address().port}/`),
  };
  assert.deepEqual(await output(COMMAND, 'runtime-ends.js', { cases }), {
    'a target that is refused': 'connect-refused',
    'a target that is blocked': 'relay-blocked',
    'a target that never answers': 'handshake-timeout',
    'a relay that never answers': 'handshake-timeout',
  });
});

test('a session that opens after its socket has failed is closed', async (t) => {
  // Longer than the test may take: the relay must not be the one that closes it.
  const env = { RELAY_SESSION_TIMEOUT: '1000' };
  const late = await startRelay(await buildRelay(), { allow: [`127.0.0.1:${ports.echo}`], env });
  t.after(() => late.close());
  late.signal('SIGSTOP');
  const one = { ...socket(ports.echo, { options: { handshakeTimeout: 300 } }, late.url) };
  one.argument.hash = late.hash;
  const program = fileURLToPath(new URL('../package/support/runtime-ends.js', import.meta.url));
  const [command, ...args] = COMMAND;
  const child = spawn(command, [...args, program], {
    env: { ...process.env, INPUT: JSON.stringify({ cases: { one } }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [line] = await once(createInterface(child.stdout), 'line');
  late.signal('SIGCONT');
  assert.deepEqual(JSON.parse(line), { one: 'handshake-timeout' });
  assert.deepEqual(await ended, [0, null]);
});

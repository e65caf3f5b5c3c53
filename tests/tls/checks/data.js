// Data after the handshake: sizes, key updates, and how connections end.
import assert from 'node:assert/strict';
import { startEcho } from '../../../scripts/servers.js';
import { echoed, next, shut } from '../../support/events.js';
import { webSocket } from '../client.js';
import { endsWithAlert } from '../wire.js';
import { converse, linesOf } from './conversation.js';

/** @typedef {import('./index.js').Check} Check */

const MIB = 1024 * 1024;
const PROTOCOLS = /** @type {const} */ (['TLSv1.3', 'TLSv1.2']);

/** @returns {Check} */
const bulk = (protocol) => ({
  title: `${protocol}, 4 MiB in both directions`,
  applies: ({ features }) => features.includes('long'),
  run: async (env) => {
    const { tap } = await env.start({ protocol });
    const connection = await env.client()(tap.port);
    await converse(env, connection, 64);
    await converse(env, connection, 4 * MIB);
    await converse(env, connection, 64);
  },
});

/** @returns {Check} */
const records = (protocol) => ({
  title: `${protocol}, records of at most 512 bytes, padded in TLS 1.3`,
  applies: ({ features }) => features.includes('small records'),
  run: async (env) => {
    const { tap } = await env.start({ protocol, smallRecords: true });
    await converse(env, await env.client()(tap.port), MIB);
  },
});

/** @type {Check} */
const messages = {
  title: 'a WebSocket to a server that the TLS server passes on to',
  applies: ({ features }) => features.includes('forward'),
  run: async (env) => {
    const echo = await startEcho();
    try {
      const { tap } = await env.start({ forward: echo.port });
      const socket = webSocket(tap.port, { ca: env.pki.authority.certPem });
      await next(socket, 'open');
      for (const length of [0, 1, 125, 65_536, MIB]) {
        const text = 'x'.repeat(length);
        assert.equal(await echoed(socket, text), text);
      }
      const { code, wasClean } = await shut(socket);
      assert.deepEqual({ code, wasClean }, { code: 1005, wasClean: true });
    } finally {
      await echo.close();
    }
  },
};

/**
 * The server's console: a line with a command changes its keys.
 * @returns {Check}
 */
const keyUpdate = (title, command, answered) => ({
  title: `key update by the server, ${title}`,
  applies: ({ features }) => features.includes('console'),
  run: async (env) => {
    const running = await env.start({ protocol: 'TLSv1.3', console: true });
    const connection = await env.client()(running.tap.port);
    for (let round = 0; round < 3; round += 1) {
      const from = running.transcript().length;
      running.type(`${command}\n`);
      await running.says(/^>>>.*KeyUpdate$/m, from);
      const [there, back] = [linesOf(1024), linesOf(64)];
      running.type(`${there}`);
      assert.equal(`${await connection.read(there.length)}`, `${there}`);
      await connection.write(back);
      await running.says(`${back}`, from);
      // The client's own update precedes its next data (RFC 8446 4.6.3).
      if (answered) await running.says(/^<<<.*KeyUpdate$/m, from);
      else assert.doesNotMatch(running.transcript().slice(from), /^<<<.*KeyUpdate$/m);
    }
  },
});

/** @returns {Check} */
const serverEnds = (protocol) => ({
  title: `${protocol}, the server's close_notify ends the connection`,
  applies: ({ features }) => features.includes('end'),
  run: async (env) => {
    const running = await env.start({ protocol, ends: true });
    const connection = await env.client()(running.tap.port);
    await env.server.end?.(connection, running);
    assert.equal(await connection.over, undefined);
  },
});

/** @returns {Check} */
const clientEnds = (protocol) => ({
  title: `${protocol}, the client sends a close_notify`,
  applies: ({ features }) => features.includes('long'),
  run: async (env) => {
    const { tap } = await env.start({ protocol });
    const connection = await env.client()(tap.port);
    await converse(env, connection);
    assert.equal(endsWithAlert(tap.passed[0].lastSent), false);
    connection.end();
    assert.equal(await connection.over, undefined);
    await tap.passed[0].sentAll;
    assert.equal(endsWithAlert(tap.passed[0].lastSent), true);
  },
});

/** @returns {Check} */
const truncation = (protocol) => ({
  title: `${protocol}, an end without a close_notify is an error`,
  applies: ({ features }) => features.includes('long'),
  run: async (env) => {
    const { tap } = await env.start({ protocol });
    const connection = await env.client()(tap.port);
    await converse(env, connection);
    tap.passed[0].cut();
    assert.equal(/** @type {any} */ (await connection.over)?.code, 'tls-truncated');
  },
});

/** @type {Check[]} */
export const data = [
  ...PROTOCOLS.map(bulk),
  ...PROTOCOLS.map(records),
  messages,
  keyUpdate('who asks for one by the client', 'K', true),
  keyUpdate('who asks for none', 'k', false),
  ...PROTOCOLS.flatMap((protocol) => [serverEnds(protocol), clientEnds(protocol), truncation(protocol)]),
];

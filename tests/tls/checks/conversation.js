// A connection with a conversation, and what the wire said of its handshake.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { handshakeOf } from '../wire.js';

/** Lines of random printable characters. A console takes letters at a line's start for commands. */
export function linesOf(length) {
  const line = () => `.${randomBytes(47).toString('base64').slice(0, 62)}\n`;
  return Buffer.from(Array.from({ length: length / 64 }, line).join(''));
}

/**
 * Sends lines, and asserts that the answer is right.
 * @param {import('../environment.js').Env} env
 * @param {import('../connection.js').Connection} connection
 * @param {number} [length]
 */
export async function converse({ server }, connection, length = 4096) {
  const lines = linesOf(length);
  const answer = await server.converse(connection, lines);
  assert.ok(answer.equals(lines), `the answer to ${length} bytes has ${answer.length}, and isn't the expected one`);
}

/**
 * Connects, converses, and asserts that what the client says of the handshake is what the wire said.
 * @param {import('../environment.js').Env} env
 * @param {import('../environment.js').Started} running
 * @param {import('../client.js').Connect} connect
 * @returns {Promise<import('../wire.js').Handshake & { alpn: string | undefined }>}
 */
export async function handshake(env, running, connect) {
  const connection = await connect(running.tap.port);
  await converse(env, connection);
  const seen = handshakeOf(running.tap.passed.at(-1));
  const { protocol, cipherSuite, group, resumed } = connection.facts;
  assert.equal(protocol, seen.protocol);
  assert.equal(cipherSuite, seen.cipherSuite);
  if (seen.group) assert.equal(group, seen.group);
  assert.equal(resumed, seen.resumed);
  connection.end();
  return { ...seen, alpn: connection.facts.alpnProtocol };
}

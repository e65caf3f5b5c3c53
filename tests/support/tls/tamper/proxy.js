// A TCP proxy that changes the bytes of its connections.
import net from 'node:net';
import { listen } from '../../../../scripts/servers.js';
import { Records } from './records.js';

/** Records in plaintext. */
export const INSERTED = {
  close_notify: [21, 3, 3, 0, 2, 1, 0],
  'fatal alert': [21, 3, 3, 0, 2, 2, 40],
  change_cipher_spec: [20, 3, 3, 0, 1, 1],
  handshake: [22, 3, 3, 0, 4, 0, 0, 0, 0],
  application_data: [23, 3, 3, 0, 5, 104, 101, 108, 108, 111],
};

/**
 * @typedef {object} Plan what is done to one connection
 * @property {'to client' | 'to server'} direction
 * @property {'flip' | 'drop' | 'repeat' | 'cut' | 'drop record' | 'repeat record' | 'swap records' |
 *   `insert ${keyof typeof INSERTED}`} kind `cut` ends the connection before that byte, and records are inserted before
 *   that record
 * @property {number} at the offset in the direction's bytes, or the record's number
 * @property {number} [bit] that is flipped
 */

/**
 * @typedef {object} Seen what the proxy saw of one connection
 * @property {Plan | undefined} plan
 * @property {string | undefined} where the field of the changed byte, undefined if it wasn't reached
 * @property {{ 'to client': string[], 'to server': string[] }} fields of each byte before the server's end
 */

/**
 * Milliseconds without a byte after which the proxy ends a connection that it has changed. If bytes are missing both sides
 * may wait for more; otherwise one of them ends the connection.
 */
const QUIET = { stalled: 200, otherwise: 30_000 };

/**
 * Starts a proxy in front of a port of this machine.
 * @param {number} target
 * @param {{ isTls12?: boolean }} [options]
 * @returns {Promise<import('../../../../scripts/servers.js').Running & { plans: (Plan | undefined)[], seen: Seen[] }>}
 *   each connection takes the first of `plans`; without one it is only forwarded
 */
export async function startTamperer(target, { isTls12 = false } = {}) {
  /** @type {(Plan | undefined)[]} */
  const plans = [];
  /** @type {Seen[]} */
  const seen = [];
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const plan = plans.shift();
    const entry = { plan, where: undefined, fields: { 'to client': [], 'to server': [] } };
    seen.push(entry);
    const far = net.connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const end = () => {
      near.end();
      far.end();
    };
    let ended = false;
    const forward = (from, to, direction) => {
      const changer = new Changer(plan?.direction === direction ? plan : undefined, isTls12);
      to.setNoDelay(true);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
      from.on('data', (chunk) => {
        const { output, isCut } = changer.change(chunk);
        if (!ended) entry.fields[direction].push(...changer.fields);
        entry.where ??= changer.where;
        if (entry.where !== undefined) to.setTimeout(QUIET[mayStall(plan, entry.where) ? 'stalled' : 'otherwise']);
        if (output.length > 0) to.write(output);
        if (isCut) end();
      });
      from.on('end', () => {
        ended ||= direction === 'to client';
        to.end();
      });
      to.on('timeout', end);
    };
    forward(near, far, 'to server');
    forward(far, near, 'to client');
  });
  return { ...(await listen(server)), plans, seen };
}

/** Whether the receiver may wait for bytes that don't come. */
function mayStall({ kind }, where) {
  if (kind === 'flip') return where.startsWith('length');
  // Nothing is missing, and no length has another place.
  if (kind === 'repeat record' || kind.startsWith('insert ')) return false;
  // TLS 1.3 ignores this record.
  return where !== 'change_cipher_spec';
}

/** Changes one direction. */
class Changer {
  #plan;
  #records;
  #offset = 0;
  /** The current record, or the one that is swapped with the next. @type {number[]} */
  #held = [];
  /** Fields of the last chunk's bytes. @type {string[]} */
  fields = [];
  /** @type {string | undefined} */
  where;

  /** @param {Plan | undefined} plan @param {boolean} isTls12 */
  constructor(plan, isTls12) {
    this.#plan = plan;
    this.#records = new Records(isTls12);
  }

  /** @param {Uint8Array} chunk */
  change(chunk) {
    this.fields = [];
    const output = [];
    for (const byte of chunk) {
      const record = this.#records.count;
      const field = this.#records.next(byte);
      this.fields.push(field);
      const ends = this.#records.count > record;
      const isCut = this.#byte(byte, field, { record, ends }, output);
      this.#offset += 1;
      if (isCut) return { output: Buffer.from(output), isCut };
    }
    return { output: Buffer.from(output), isCut: false };
  }

  #byte(byte, field, { record, ends }, output) {
    const { kind, at, bit = 0 } = this.#plan ?? { kind: 'none', at: -1 };
    const isRecord = /record|insert/.test(kind);
    if (at !== (isRecord ? record : this.#offset)) {
      output.push(byte);
      // The record that was held for a swap follows this one.
      if (ends) output.push(...this.#held.splice(0));
      return false;
    }
    const isFirst = this.where === undefined;
    this.where = isRecord ? field.replace(/^.* of /, '') : field;
    switch (kind) {
      case 'drop':
      case 'drop record':
        break;
      case 'flip':
        output.push(byte ^ (1 << bit));
        break;
      case 'repeat':
        output.push(byte, byte);
        break;
      case 'repeat record':
        output.push(byte);
        this.#held.push(byte);
        if (ends) output.push(...this.#held.splice(0));
        break;
      case 'swap records':
        this.#held.push(byte);
        break;
      case 'cut':
        return true;
      default:
        if (isFirst) output.push(...INSERTED[kind.replace('insert ', '')]);
        output.push(byte);
    }
    return false;
  }
}

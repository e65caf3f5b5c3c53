// The changes that are tried: every one, or a selection.
import { INSERTED } from './proxy.js';

/** @typedef {import('./proxy.js').Plan} Plan */

const BYTE_KINDS = /** @type {const} */ (['flip', 'drop', 'repeat', 'cut']);
const RECORD_KINDS = /** @type {Plan['kind'][]} */ ([
  ...['drop record', 'repeat record', 'swap records'],
  ...Object.keys(INSERTED).map((name) => `insert ${name}`),
]);

/**
 * Every change of a connection.
 * @param {import('./proxy.js').Seen['fields']} fields of each byte of an unchanged connection
 * @returns {Plan[]} each byte flipped in one bit, dropped, repeated, and the connection cut before it; each bit of
 *   records' headers; each record dropped, repeated, swapped with the next one, and with another one inserted before it
 */
export function everyPlan(fields) {
  return /** @type {const} */ (['to client', 'to server']).flatMap((direction) => {
    const names = fields[direction];
    const records = names.filter((name) => name.startsWith('type')).length;
    return [
      ...names.flatMap((name, at) => [
        ...BYTE_KINDS.map((kind) => ({ direction, kind, at, bit: at % 8 })),
        ...(name.startsWith('fragment') ? [] : bitsBut(at % 8).map((bit) => flip(direction, at, bit))),
      ]),
      ...Array.from({ length: records }).flatMap((_, at) => RECORD_KINDS.map((kind) => ({ direction, kind, at }))),
    ].filter((plan) => !isAfterRequest(plan, names.length, records));
  });
}

/** What follows the request is nothing that the server reads. */
function isAfterRequest({ direction, kind, at }, bytes, records) {
  if (direction === 'to client') return false;
  return (kind === 'repeat' && at === bytes - 1) || (kind === 'repeat record' && at === records - 1);
}

/** @returns {Plan} */
const flip = (direction, at, bit) => ({ direction, kind: 'flip', at, bit });
const bitsBut = (one) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => bit !== one);

/**
 * A selection: evenly spread bytes, and for the first two records of each type and for the last one all changes of the
 * whole record, and a bit of the type and of the version.
 * @param {Parameters<typeof everyPlan>[0]} fields
 * @param {number} count roughly, of bytes
 * @returns {Plan[]}
 */
export function somePlans(fields, count) {
  const every = everyPlan(fields);
  // Odd, so that it meets all kinds.
  const stride = Math.max(1, Math.floor(every.length / count)) | 1;
  return every.filter(({ direction, kind, at, bit }, index) => {
    const names = fields[direction];
    const starts = names.flatMap((name, offset) => (name.startsWith('type') ? [offset] : []));
    const isChosen = (start) => {
      const ofItsType = starts.filter((other) => names[other] === names[start]);
      return ofItsType.indexOf(start) < 2 || start === starts.at(-1);
    };
    if (/record|insert/.test(kind)) return isChosen(starts[at]);
    if (kind === 'flip' && bit === 0 && names[at].startsWith('type')) return isChosen(at);
    if (kind === 'flip' && bit === 0 && names[at].startsWith('minor')) return isChosen(at - 2);
    return index % stride === 0 || (kind === 'repeat' && at === names.length - 1);
  });
}

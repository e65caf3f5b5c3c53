// All cases, in the order of the table.
import { aborts } from './aborts.js';
import { Context } from './context.js';
import { data } from './data.js';
import { ends } from './ends.js';
import { flow } from './flow.js';

export const CASES = [...data, ...ends, ...flow, ...aborts];

/**
 * Runs a case.
 * @param {string} title
 * @param {any} exports the package's
 * @param {(target: any) => any} transport
 * @param {any} rest the other arguments of a context
 * @returns {Promise<string>} what it measured, or `ok`
 */
export async function runCase(title, exports, transport, { servers, lacks, prefix }, ask) {
  const found = CASES.find((other) => other.title === title);
  return `${(await found?.run(new Context(exports, transport, servers, lacks, ask, prefix))) ?? 'ok'}`;
}

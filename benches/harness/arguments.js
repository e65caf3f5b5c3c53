// The arguments of `npm run bench`.
import { parseArgs } from 'node:util';

const PARTS = ['node', 'page', 'core'];
const ROUNDS = 7;

const USAGE = `npm run bench -- [PART]... [OPTION]...

PART is one of ${PARTS.join(', ')}; without one all run.
  --case GLOB   only rows whose name matches, for example 'recv*'; may be repeated
  --rounds N    measured rounds; by default ${ROUNDS}
  --json        prints every measured value, as JSON
  --check       does as little as possible, once, to check that all contenders work: the figures mean nothing`;

/**
 * @typedef {object} Options
 * @property {string[]} parts
 * @property {string[]} cases patterns
 * @property {number} rounds
 * @property {boolean} json
 * @property {boolean} check
 */

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {Error} with the usage, if there is anything else among them
 */
export function parse(args) {
  const { values, positionals } = parsed(args);
  const unknown = positionals.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) throw usage(`no such part: ${unknown.join(', ')}`);
  const rounds = values.rounds ?? `${values.check ? 1 : ROUNDS}`;
  if (!/^[1-9]\d{0,3}$/.test(rounds)) throw usage(`--rounds ${rounds}: not a number from 1 to 9999`);
  return {
    parts: positionals.length > 0 ? PARTS.filter((part) => positionals.includes(part)) : PARTS,
    cases: values.case ?? [],
    rounds: Number(rounds),
    json: values.json ?? false,
    check: values.check ?? false,
  };
}

function parsed(args) {
  try {
    return parseArgs({
      args,
      options: {
        case: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        json: { type: 'boolean' },
        check: { type: 'boolean' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : `${error}`);
  }
}

const usage = (problem) => new Error(`${problem}\n\n${USAGE}`);

/**
 * @param {string[]} globs in which * stands for any text, ? for any character
 * @returns {(name: string) => boolean} whether one of them matches; everything matches none
 */
export function matcher(globs) {
  const patterns = globs.map((glob) => {
    const source = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'is');
  });
  return (name) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name));
}

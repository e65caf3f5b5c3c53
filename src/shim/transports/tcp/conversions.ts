// What conversions of several options share.

/** The exception for an option. */
export function refused(name: string, why: string): TypeError {
  return new TypeError(`The option '${name}' of tcp() ${why}.`);
}

/** A value in a message. Its own conversions to a string must not run. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject ? Object.prototype.toString.call(value) : String(value);
}

/** The type of a value that must not be in a message. */
export function typeName(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/** The longest time of a timer, in milliseconds; Node runs it at once for a longer one. */
const LONGEST = 2 ** 31 - 1;

/** The option `timeout`. */
export function convertTimeout(value: unknown): number {
  if (typeof value === 'number' && value >= 1) return Math.min(value, LONGEST);
  throw refused('timeout', `must be a number of at least 1, not ${shown(value)}`);
}

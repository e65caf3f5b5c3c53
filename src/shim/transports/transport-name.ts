// The names of transports. Those of the built-in ones are set, because bundlers rename functions.
import type { Transport } from './types.ts';

/** Gives a transport a name. */
export function named<Function_ extends Transport>(transport: Function_, name: string): Function_ {
  return Object.defineProperty(transport, 'name', { value: name, configurable: true });
}

/** The name of a transport, or of what it returned; `''` if it has none. Never throws. */
export function nameOf(named: object): string {
  try {
    const { name } = named as { name?: unknown };
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}

// Entries as a HAR.
import version from '#version';
import type { Har, HarEntry } from './format.ts';

/**
 * A HAR of the connections of several recorders.
 *
 * @example
 * const har = harOf(await Promise.all(recorders.map((recorder) => recorder.entry())));
 */
export function harOf(entries: readonly HarEntry[]): Har {
  const started = (entry: HarEntry) => Date.parse(entry.startedDateTime);
  return {
    log: {
      version: '1.2',
      creator: { name: 'websocket-wasm', version },
      pages: [],
      entries: entries.toSorted((a, b) => started(a) - started(b)),
    },
  };
}

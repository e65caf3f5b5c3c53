// Tables for people: the measured values of ours, and theirs divided by ours.
import { isNoisy, median, quartiles, quotients } from './statistics.js';

const NAME = 36;
const OURS = 17;
const THEIRS = 18;

/**
 * Prints a table: over 1 means that ours is faster, or smaller.
 * @param {{ title: string, base: string, rows: import('./rounds.js').Measured[] }} results
 */
export function print({ title, base, rows }) {
  const others = [...new Set(rows.flatMap(({ samples }) => Object.keys(samples)))].filter((name) => name !== base);
  console.log(`\n${title}`);
  console.log(
    `Medians; of the others the quotient to ${base} with its quartiles. Over 1: ${base} is better. noisy: too noisy to say.`,
  );
  const heads = others.map((name) => name.padEnd(THEIRS));
  console.log(`\n${' '.repeat(NAME)}${base.padEnd(OURS)}${heads.join('')}`.trimEnd());
  for (const row of rows) {
    console.log(row.name);
    for (const [metric, unit] of Object.entries(row.metrics)) {
      const ours = row.samples[base]?.[metric] ?? [];
      const cells = others.map((name) => cell(row.samples[name]?.[metric], ours).padEnd(THEIRS));
      const label = `  ${metric}, ${unit}`.padEnd(NAME);
      console.log(`${label}${figure(median(ours)).padEnd(OURS)}${cells.join('')}`.trimEnd());
    }
  }
}

function cell(theirs, ours) {
  if (!theirs) return '-';
  const spread = quartiles(quotients(theirs, ours));
  const range = `${quotient(spread.low)}-${quotient(spread.high)}`;
  return isNoisy(spread) ? `noisy ${range}` : `${quotient(spread.middle)} (${range})`;
}

const quotient = (value) => value.toFixed(value < 10 ? 2 : 1);

/** Three digits. */
const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

// Tables for people: the measured values of ours, and theirs divided by ours.
import { isNoisy, median, quartiles, quotients } from './statistics.js';

const NAME = 36;
const OURS = 17;
const THEIRS = 18;

/**
 * A table of some contenders.
 * @typedef {object} View
 * @property {string} title
 * @property {string} base the contender that is called ours: the others' values are divided by its
 * @property {string[]} contenders
 */

/**
 * What a part has measured.
 * @typedef {object} Results
 * @property {string} title
 * @property {string} base
 * @property {import('./rounds.js').Measured[]} rows
 * @property {View[]} [tables]
 * @property {string[]} [notes]
 */

/** Prints all tables of a part. @param {Results} results */
export function printAll({ title, base, rows, tables = [], notes = [] }) {
  print({ title, base, rows });
  for (const { title, base, contenders } of tables) print({ title, base, rows: rows.flatMap(only(contenders)) });
  if (notes.length > 0) console.log(`\n${notes.join('\n')}`);
}

/** Leaves the other contenders out of a row, and a row without these out of the table. */
const only = (contenders) => (row) => {
  const samples = Object.fromEntries(Object.entries(row.samples).filter(([name]) => contenders.includes(name)));
  return Object.keys(samples).length > 1 ? [{ ...row, samples }] : [];
};

/**
 * Prints a table: over 1 means that ours is faster, or smaller.
 * @param {Results} results
 */
export function print({ title, base, rows }) {
  const others = [...new Set(rows.flatMap(({ samples }) => Object.keys(samples)))].filter((name) => name !== base);
  console.log(`\n${title}`);
  console.log(
    `Medians; of the others the quotient to ${base} with its quartiles. Over 1: ${base} is better. noisy: too noisy to say.`,
  );
  const heads = others.map((name) => name.padEnd(widthOf(name)));
  console.log(`\n${' '.repeat(NAME)}${base.padEnd(widthOf(base, OURS))}${heads.join('')}`.trimEnd());
  for (const row of rows) {
    console.log(row.name);
    for (const [metric, unit] of Object.entries(row.metrics)) {
      const ours = row.samples[base]?.[metric] ?? [];
      const cells = others.map((name) => cell(row.samples[name]?.[metric], ours).padEnd(widthOf(name)));
      const label = `  ${metric}, ${unit}`.padEnd(NAME);
      console.log(`${label}${figure(median(ours)).padEnd(widthOf(base, OURS))}${cells.join('')}`.trimEnd());
    }
  }
}

const widthOf = (name, least = THEIRS) => Math.max(least, name.length + 2);

function cell(theirs, ours) {
  if (!theirs) return '-';
  const spread = quartiles(quotients(theirs, ours));
  const range = `${quotient(spread.low)}-${quotient(spread.high)}`;
  return isNoisy(spread) ? `noisy ${range}` : `${quotient(spread.middle)} (${range})`;
}

const quotient = (value) => value.toFixed(value < 10 ? 2 : 1);

/** Three digits. */
const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

// Prints the suite's verdicts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupOf } from './cases.js';
import { meetsBar } from './verdicts.js';

/** @typedef {import('./verdicts.js').Verdict} Verdict */

const COLUMNS = ['OK', 'INFORMATIONAL', 'NON-STRICT', 'UNIMPLEMENTED', 'FAILED'];
const CLOSE_COLUMNS = ['OK', 'INFORMATIONAL', 'WRONG CODE', 'UNCLEAN', 'UNIMPLEMENTED', 'FAILED'];

/**
 * Prints how many cases of each group ended how, and how they closed.
 * @param {Verdict[]} verdicts
 */
export function printTables(verdicts) {
  printTable('case', COLUMNS, verdicts, ({ behavior }) => behavior ?? 'no report');
  printTable('close', CLOSE_COLUMNS, verdicts, ({ behaviorClose }) => behaviorClose ?? 'no report');
  console.log();
}

/** Unknown verdicts get columns of their own. */
function printTable(title, columns, verdicts, of) {
  const others = verdicts.map(of).filter((value) => !columns.includes(value));
  const all = [...columns, ...new Set(others)];
  const row = (name, cells) => console.log([name.padEnd(8), ...cells.map((cell, i) => pad(cell, all[i]))].join('  '));
  const count = (some) => all.map((value) => some.filter((verdict) => of(verdict) === value).length || '.');
  console.log();
  row(title, all);
  for (const group of new Set(verdicts.map(({ id }) => groupOf(id)))) {
    row(`${group}.*`, count(verdicts.filter(({ id }) => groupOf(id) === group)));
  }
  row('all', count(verdicts));
}

function pad(cell, column) {
  return String(cell).padStart(column.length);
}

/**
 * Prints every case that does not meet the bar, with the expected and the received frames of the suite's report.
 * @param {Verdict[]} verdicts
 * @param {string} reports the folder with the suite's reports
 */
export function printShortfalls(verdicts, reports) {
  for (const verdict of verdicts.filter((verdict) => !meetsBar(verdict))) {
    console.log(`${verdict.id}: ${inWords(verdict)}`);
    if (!verdict.reportfile) continue;
    const report = JSON.parse(readFileSync(join(reports, verdict.reportfile), 'utf8'));
    console.log(`    ${plain(report.description)}`);
    for (const [behavior, events] of Object.entries(report.expected)) {
      console.log(`    ${behavior} expects: ${eventsInWords(events)}`);
    }
    console.log(`    received: ${eventsInWords(report.received)}`);
    const { closeCode = [], closedByMe } = report.expectedClose;
    const right = `${closeCode.join(' or ')} or none, the ${closedByMe ? 'server' : 'client'} being the first to close`;
    console.log(`    expected close code of the client: ${right}`);
    console.log(`    received: ${report.remoteCloseCode ?? 'none'}. ${plain(report.resultClose)}`);
    console.log(`    ${join(reports, verdict.reportfile.replace(/json$/, 'html'))}`);
  }
}

/**
 * A verdict in a few words.
 * @param {Verdict} verdict
 */
export function inWords({ behavior, behaviorClose }) {
  return behavior ? `${behavior}, close ${behaviorClose}` : 'the suite reported nothing';
}

function eventsInWords(events) {
  const words = events.map(([type, ...rest]) => `${type} ${JSON.stringify(rest[0] ?? '')}`.slice(0, 100));
  return words.join(', ') || 'nothing';
}

/** The suite writes HTML. */
function plain(html) {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

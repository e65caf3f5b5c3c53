// The table of transports and cases. Test files run in processes of their own: each writes its column into a file.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/run.js';
import { CASES } from './cases/index.js';

const FOLDER = join(root, 'tests', '.out', 'transports');

/** Removes the columns of an earlier run. */
export function removeColumns() {
  rmSync(FOLDER, { recursive: true, force: true });
}

/**
 * Keeps a transport's column.
 * @param {string} name
 * @param {Record<string, string>} cells by the cases' titles
 */
export function writeColumn(name, cells) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name.replace(/[^\w-]+/g, '-')}.json`), JSON.stringify({ name, cells }));
}

/** The table of all columns, as Markdown. */
export function table() {
  let files;
  try {
    files = readdirSync(FOLDER).sort();
  } catch {
    return '';
  }
  const columns = files.map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));
  const rows = [
    ['case', ...columns.map(({ name }) => name)],
    ...CASES.map(({ title }) => [title, ...columns.map(({ cells }) => cells[title] ?? 'not run')]),
  ];
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const [head, ...body] = rows.map(line);
  return [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n');
}

// The declarations of the entries: what TypeScript made of the shim, and of that what the entries lead to. For CommonJS
// they are there a second time, because a `.d.cts` may not take types from an ES module.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMON_JS, MODULES } from './bundle.js';
import { root, run } from './run.js';

const MADE = join(root, 'target', 'types');
const IMPORT = /(\bfrom |\bimport |\bimport\()(['"])(\.[^'"]+)\.ts\2/g;

/** Writes dist/types and dist/cjs/types. */
export async function declare() {
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.build.json', '--outDir', MADE]);
  copy(MODULES, join(root, 'dist', 'types'), 'ts');
  copy(COMMON_JS, join(root, 'dist', 'cjs', 'types'), 'cts');
}

function copy(entries, to, extension) {
  const script = extension.replace('t', 'j');
  const todo = entries.map((name) => join('entries', name));
  const done = new Set();
  for (let module = todo.pop(); module; module = todo.pop()) {
    if (done.has(module)) continue;
    done.add(module);
    const text = readFileSync(join(MADE, `${module}.d.ts`), 'utf8');
    const from = dirname(module);
    const copied = text.replace(IMPORT, (_, keyword, quote, path) => {
      todo.push(join(from, path));
      return `${keyword}${quote}${path}.${script}${quote}`;
    });
    const file = join(to, `${module}.d.${extension}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, copied);
  }
}

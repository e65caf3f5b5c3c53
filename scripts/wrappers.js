// The modules in dist/ that are written around bundled ones: for `require()`, which returns the class, and for `import` in
// versions of Node that can't `require()` an ES module.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.js';

/**
 * Writes the modules for `require()` of entries with the class, dist/require/: for Node, Deno, Bun and bundlers for them ES
 * modules with an export named `module.exports`; for pages and workerd CommonJS, because some of the bundlers for these
 * don't know that name.
 * @param {string[]} entries
 * @param {string[]} ofNode those that are for Node
 */
export function writeRequired(entries, ofNode) {
  const write = (file, text) => writeFileSync(join(root, 'dist', 'require', file), `${text}\n`);
  for (const name of entries) {
    if (ofNode.includes(name)) write(`${name}.js`, asModule(`../${name}.js`));
    else write(`${name}.cjs`, asClass('.', `require('../${name}.js')`));
  }
}

function asModule(path) {
  return `import * as exported from '${path}';
import { requiredClass } from './class.cjs';
export * from '${path}';
export { default } from '${path}';
const required = requiredClass(exported);
export { required as 'module.exports' };`;
}

/**
 * The statement by which the exports of a CommonJS module become the class.
 * @param {string} folder that of class.cjs
 * @param {string} exported an expression: the exports of the entry
 */
export function asClass(folder, exported) {
  return `module.exports = require('${folder}/class.cjs').requiredClass(${exported});`;
}

/**
 * Writes the modules for `import` in a Node that can't `require()` an ES module: one around the CommonJS file of each entry,
 * so that `import` and `require()` share one class and one state.
 * @param {string[]} entries
 * @param {Record<string, string[]>} modules the exports of each entry as an ES module
 * @param {Record<string, string[]>} commonJs and as CommonJS
 */
export function writeWrappers(entries, modules, commonJs) {
  for (const name of entries) {
    const names = modules[name] ?? [];
    if (`${names}` !== `${commonJs[name]}`) {
      throw new Error(`dist/cjs/${name}.cjs exports ${commonJs[name]}, and dist/${name}.js ${names}`);
    }
    const from = `'./${name}.cjs';\n`;
    const text = names.length > 0 ? `import exported from ${from}${destructured(names)}` : `import ${from}`;
    writeFileSync(join(root, 'dist', 'cjs', `${name}.mjs`), text);
  }
}

/**
 * Exports of the properties of `exported`.
 * @param {string[]} names
 */
function destructured(names) {
  const named = `export const { ${names.filter((name) => name !== 'default').join(', ')} } = exported;\n`;
  return names.includes('default') ? `${named}export default exported.default;\n` : named;
}

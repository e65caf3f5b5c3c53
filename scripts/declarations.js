// The declarations of the entries: of TypeScript's output for the shim, only the modules that entries import. CommonJS
// has a copy, because a `.d.cts` may not import types from an ES module, and a declaration of what `require()` returns.
// And the declaration of the files that aren't modules.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMON_JS, MODULES, WITH_CLASS } from './bundle.js';
import { root, run } from './run.js';

const MADE = join(root, 'target', 'types');
const IMPORT = /(\bfrom |\bimport |\bimport\()(['"])(\.[^'"]+)\.ts\2/g;

/** Writes dist/types and dist/cjs/types. */
export async function declare() {
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.build.json', '--outDir', MADE]);
  copy(MODULES, join(root, 'dist', 'types'), 'ts');
  const commonJs = join(root, 'dist', 'cjs', 'types');
  copy([...COMMON_JS, ...WITH_CLASS], commonJs, 'cts');
  for (const entry of WITH_CLASS) writeFileSync(join(commonJs, `${entry}.d.cts`), required(entry, commonJs));
  writeFileSync(join(root, 'dist', 'types', 'file.d.ts'), FILE);
}

/**
 * `package.json` names it as the type of the `.wasm` entries and of `roots.bin`. It takes precedence over a project's own
 * `declare module '*.wasm'`, so it must permit any type: in Cloudflare's workers the compiled module, for
 * others a URL. Imports with a query (Vite's `?url`, `?init`) don't use it.
 */
const FILE = `/**
 * The value of an import of a file depends on the bundler or runtime: of a \`.wasm\` file the compiled \`WebAssembly.Module\`
 * (Cloudflare Workers), its URL or path (Bun, esbuild's loader \`file\`, webpack's \`asset/resource\`) or its bytes
 * (esbuild's loader \`binary\`). \`init()\` of \`websocket-wasm/slim\` accepts each of these for \`websocket_wasm.wasm\`.
 */
declare const file: any;
export default file;
`;

/**
 * The declaration of the function that `require()` of an entry returns: a class, merged with a namespace of the exports.
 * @param {string} entry
 * @param {string} folder that of the copies
 */
function required(entry, folder) {
  const exported = exportsOf(join(folder, 'entries', `${entry}.d.cts`));
  const names = exported.filter((name) => name !== 'default').join(', ');
  return `import { ${names} } from './entries/${entry}.cjs';
/** The class, with the exports of the entry as properties: \`new (require('websocket-wasm'))(url)\`. */
declare class Required extends WebSocket {
  static readonly default: typeof WebSocket;
}
declare namespace Required {
  export { ${names} };
}
export = Required;
`;
}

/**
 * The names that a declaration exports, with \`type \` before those that are only types.
 * @param {string} file
 * @returns {string[]}
 */
function exportsOf(file) {
  const text = readFileSync(file, 'utf8');
  const lists = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type = '', list]) =>
    list
      .split(',')
      .map((item) => item.trim().replace(/^.* as /, ''))
      .filter(Boolean)
      .map((name) => (name.startsWith('type ') ? name : type + name)),
  );
  const declared = [...text.matchAll(/^export (?:declare )?(const|function|class|interface|type) (\w+)/gm)];
  const own = declared.map(([, kind, name]) => (['interface', 'type'].includes(kind) ? `type ${name}` : name));
  const all = [...text.matchAll(/^export \* from '(.*)\.cjs';$/gm)].flatMap(([, path]) =>
    exportsOf(join(dirname(file), `${path}.d.cts`)),
  );
  return [...new Set([...lists, ...own, ...all])];
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

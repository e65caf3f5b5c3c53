// The shim's entries as modules: ES modules for every runtime, and CommonJS for Node, with a wrapper around it for
// `import`.
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { checkInternal, shortenInternal } from './internal-names.js';
import { root } from './run.js';
import { moduleOf } from './wasm-text.js';
import { asClass, writeRequired, writeWrappers } from './wrappers.js';

const SHIM = join(root, 'src', 'shim');
const entry = (name) => join(SHIM, 'entries', `${name}.ts`);
const entries = (names) => Object.fromEntries(names.map((name) => [name, entry(name)]));

/** By the names of their files in dist/. */
const NAMES = ['slim', 'web', 'transports', 'stream', 'har', 'polyfill', 'deflate', 'tls'];
export const MODULES = ['browser', 'node', 'workerd', ...['', '-node', '-workerd'].flatMap(entriesFor)];
export const COMMON_JS = ['node', ...entriesFor('-node')];
/** The entries with the class, as ES modules. */
export const WITH_CLASS = ['browser', 'node', 'workerd', ...['', '-node', '-workerd'].flatMap(classEntriesFor)];

function classEntriesFor(platform) {
  return ['slim', 'web', 'stream'].map((name) => name + platform);
}

function entriesFor(platform) {
  return NAMES.map((name) => name + platform);
}

/**
 * Modules that several entries share, in a file for each group: one class, one core and one set of transports in a page,
 * whichever entries its modules import. A bundler drops the files of groups that aren't used: the relay client is one. A
 * group includes the imports of its modules, unless a group of higher priority has them.
 */
const SHARED = [
  { name: 'websocket', test: isIn('failure.ts', 'arguments', 'websocket', 'channel', 'platform', 'wasm'), priority: 3 },
  { name: 'wisp-extensions', test: isIn('transports/wisp/extensions.ts'), priority: 3 },
  { name: 'wisp', test: isIn('transports/wisp', 'transports/tls', 'index.ts'), priority: 2 },
  { name: 'relay', test: isIn('transports/relay'), priority: 2 },
  { name: 'tcp-options', test: isIn('transports/tcp/conversions.ts'), priority: 3 },
  { name: 'tcp', test: isIn('transports/tcp/transport.ts'), priority: 2 },
  { name: 'tcp-workerd', test: isIn('transports/tcp/workerd.ts'), priority: 2 },
  { name: 'stream', test: isIn('stream', 'install.ts'), priority: 2 },
  { name: 'har', test: isIn('har'), priority: 2 },
  { name: 'codec', test: isIn('inlined/codec.ts', '#codec'), priority: 2 },
  { name: 'tls-inlined', test: isIn('inlined/tls.ts', '#tls'), priority: 2 },
  { name: 'roots-inlined', test: isIn('inlined/roots.ts', '#roots'), priority: 2 },
  { name: 'inlined', test: isIn('inlined/core.ts'), priority: 1 },
];

/**
 * A test for modules of the shim.
 * @param {string[]} places files and folders in src/shim
 * @returns {(id: string) => boolean}
 */
function isIn(...places) {
  for (const place of places) {
    if (!place.startsWith('#') && !existsSync(join(SHIM, place))) throw new Error(`src/shim/${place} doesn't exist`);
  }
  return (id) => {
    const path = isAbsolute(id) ? relative(SHIM, id).replaceAll(sep, '/') : id;
    return places.some((place) => path === place || path.startsWith(`${place}/`));
  };
}

/** Virtual modules, and the files whose bytes they export. */
const INLINED = {
  '#wasm': 'websocket_wasm.wasm',
  '#codec': 'codec.wasm',
  '#tls': 'tls.wasm',
  '#roots': 'roots.bin',
};

/**
 * Bundles into dist/, from the files to inline that are there.
 * @returns {Promise<void>}
 */
export async function bundle() {
  const inline = {
    name: 'inline',
    resolveId: (id) => (id in INLINED ? id : null),
    load: (id) => (id in INLINED ? moduleOf(readFileSync(join(root, 'dist', INLINED[id]))) : null),
  };
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ownVersion = {
    name: 'version',
    resolveId: (id) => (id === '#version' ? id : null),
    load: (id) => (id === '#version' ? `export default ${JSON.stringify(version)};` : null),
  };
  const shorten = {
    name: 'shorten',
    transform: (code, id) => (id in INLINED ? null : { code: shortenInternal(code), map: null }),
  };
  const common = {
    plugins: [inline, ownVersion, shorten],
    // `sideEffects` in package.json is about dist/'s files, not about these.
    treeshake: { moduleSideEffects: [{ test: /./, sideEffects: true }] },
    external: [/^node:/, 'cloudflare:sockets', /\.wasm$/],
    makeAbsoluteExternalsRelative: /** @type {const} */ (false),
  };
  // Imported late: the set-up installs it.
  const { build } = await import('rolldown');
  const modules = await build({
    ...common,
    input: entries(MODULES),
    platform: 'browser',
    output: {
      dir: join(root, 'dist'),
      format: 'esm',
      minify: true,
      // Every bundler knows by itself that what they are in front of has no side effect.
      comments: { annotation: false },
      entryFileNames: '[name].js',
      chunkFileNames: 'shared/[name].js',
      codeSplitting: { groups: SHARED },
    },
  });
  const commonJs = await build({
    ...common,
    input: entries(COMMON_JS),
    platform: 'node',
    output: {
      dir: join(root, 'dist', 'cjs'),
      format: 'cjs',
      exports: 'named',
      strict: true,
      minify: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: 'shared/[name].cjs',
      codeSplitting: { groups: SHARED },
      footer: ({ name, isEntry }) => (isEntry && WITH_CLASS.includes(name) ? asClass('../require', 'exports') : ''),
    },
  });
  await build({
    ...common,
    input: { class: entry('required-class') },
    platform: 'browser',
    output: {
      dir: join(root, 'dist', 'require'),
      format: 'cjs',
      strict: true,
      minify: true,
      entryFileNames: '[name].cjs',
    },
  });
  checkInternal();
  writeRequired(WITH_CLASS, COMMON_JS);
  writeWrappers(COMMON_JS, exportsOf(modules), exportsOf(commonJs));
}

/**
 * The names that each entry exports, sorted.
 * @param {import('rolldown').RolldownOutput} built
 */
function exportsOf({ output }) {
  const chunks = output.filter((file) => file.type === 'chunk').filter((chunk) => chunk.isEntry);
  return Object.fromEntries(chunks.map(({ name, exports }) => [name, exports.toSorted()]));
}

/**
 * Bundles entries into one file, which has the exports of the first one: wasm-bindgen copies the modules that Rust imports,
 * but not their imports.
 * @param {string[]} names the entries', in dist/
 * @param {string} file
 */
export async function bundleOne(names, file) {
  const { build } = await import('rolldown');
  const paths = names.map((name) => JSON.stringify(join(root, 'dist', `${name}.js`)));
  const text = [`export * from ${paths[0]};`, ...paths.slice(1).map((path) => `import ${path};`)].join('\n');
  const entry = virtual(text);
  await build({ input: entry.name, plugins: [entry], platform: 'browser', output: { file, format: 'esm' } });
}

/**
 * A plugin that resolves an entry with this text.
 * @param {string} text
 */
export function virtual(text) {
  const name = '#entry';
  return {
    name,
    resolveId: (id) => (id === name ? id : null),
    load: (id) => (id === name ? text : null),
  };
}

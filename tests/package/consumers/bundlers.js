// Pages that bundlers build, without any setting for this package.
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../scripts/run.js';
import { app, readmeModule, tlsApp } from './pages.js';
import { folder, makeProject, tools, versionOf } from './project.js';

const DEFAULT = "import { WebSocket } from 'websocket-wasm';";
const page = (src) => `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${src}"></script>\n`;
/** A text of the relay client: a page that doesn't use the client must not load it. */
const RELAY_CLIENT = 'The relay closed the connection';

const WEBPACK = `export default {
  mode: 'production',
  entry: './main.js',
  output: { filename: 'main.js', publicPath: 'auto' },
  performance: { hints: false },
};
`;
const ROLLUP = `import resolve from '${import.meta.resolve('@rollup/plugin-node-resolve')}';
export default {
  input: 'main.js',
  output: { dir: 'dist', format: 'es' },
  plugins: [resolve({ browser: true })],
};
`;

/** These bundlers emit a file for a worker that is created like this. */
const WORKERS = ['vite', 'parcel', 'webpack'];
const WORKER = {
  'main.js': `const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => { globalThis.result = data; };
worker.postMessage(decodeURIComponent(location.search.slice(1)));
`,
  'worker.js': `${DEFAULT}
import { check } from './check.js';
onmessage = async ({ data }) => postMessage(await check(WebSocket, data).catch((error) => String(error)));
`,
};

/** A library of CommonJS and one of ES modules that use npm's `ws`, of which the bundler makes this package. */
const ALIAS = {
  'required.cjs': "exports.Class = require('ws');\n",
  'imported.js': "export { default as Class, WebSocket } from 'ws';\n",
  'main.js': app(`import required from './required.cjs';
import * as imported from './imported.js';
const WebSocket = required.Class;
if (WebSocket.WebSocket !== imported.Class || imported.Class !== imported.WebSocket) throw new Error('two classes');`),
};

/** Parcel reads a package's `exports` only if the project enables it; otherwise it finds only the default entry. */
const PARCEL = { name: 'parcel-web', private: true, '@parcel/resolver-default': { packageExports: true } };

/** Rollup and esbuild don't copy the files that `new URL(..., import.meta.url)` refers to: the project does. */
const copy =
  (...files) =>
  (project) => {
    for (const file of files) {
      copyFileSync(join(folder, 'node_modules', 'websocket-wasm', 'dist', file), join(project, 'dist', file));
    }
  };
const copyWasm = copy('websocket_wasm.wasm');

/**
 * The command of each bundler, and the page that it builds; `web`: the project's needs for the entry `web`; `relay`: its
 * needs for compression and TLS over a relay. Each of the two ways works for both.
 * @typedef {object} Bundler
 * @property {Record<string, string>} [files]
 * @property {string} [src]
 * @property {string} path
 * @property {string[]} command
 * @property {{ imports?: string, after?: (project: string) => void }} [relay]
 * @property {{ files?: Record<string, string>, args?: string[] }} [alias] an alias for `ws`; Rollup needs plugins for it
 * @property {{ files?: Record<string, string>, after?: (project: string) => void }} [web]
 */

/** @type {Record<string, Bundler>} */
const BUNDLERS = {
  vite: {
    src: './main.js',
    path: 'dist/index.html',
    command: ['vite', 'build', '--base=./', '--logLevel=warn'],
    alias: { files: { 'vite.config.js': "export default { resolve: { alias: { ws: 'websocket-wasm' } } };\n" } },
  },
  rollup: {
    files: { 'rollup.config.js': ROLLUP },
    path: 'index.html',
    command: ['rollup', '--silent', '--config', 'rollup.config.js'],
    web: { after: copyWasm },
    relay: { after: copy('codec.wasm', 'tls.wasm', 'roots.bin') },
  },
  esbuild: {
    path: 'index.html',
    command: ['esbuild', 'main.js', '--bundle', '--format=esm', '--minify', '--outdir=dist', '--log-level=warning'],
    web: { after: copyWasm },
    relay: { imports: "import 'websocket-wasm/deflate';\nimport 'websocket-wasm/tls';\n" },
    alias: { args: ['--alias:ws=websocket-wasm'] },
  },
  parcel: {
    // Parcel considers the folder with a lock file to be the project.
    files: { 'package-lock.json': '{}' },
    src: './main.js',
    path: 'dist/index.html',
    command: [
      ...['parcel', 'build', 'index.html', '--public-url=./', '--no-cache', '--no-source-maps', '--no-autoinstall'],
      '--log-level=warn',
    ],
    web: { files: { 'package.json': JSON.stringify(PARCEL) } },
    alias: { files: { 'package.json': JSON.stringify({ ...PARCEL, alias: { ws: 'websocket-wasm' } }) } },
  },
  webpack: {
    files: { 'webpack.config.js': WEBPACK },
    path: 'index.html',
    command: [],
    alias: {
      files: { 'webpack.config.js': WEBPACK.replace('{', "{\n  resolve: { alias: { ws: 'websocket-wasm' } },") },
    },
  },
};

/**
 * @typedef {{ path: string, close?: () => Promise<unknown> }} Built
 * @returns {{ name: string, version: string, build: () => Promise<Built>, expect?: string }[]}
 */
export function bundlers({ servers }) {
  const all = Object.keys(BUNDLERS).flatMap((name) => {
    const version = `${name} ${versionOf(name)}`;
    return [
      {
        name: `${version}, build`,
        version,
        build: () => buildReadme(name, servers),
      },
      ...(WORKERS.includes(name)
        ? [{ name: `${version}, build of a worker`, version, build: () => build(name, '-worker', '', '', WORKER) }]
        : []),
      { name: `${version}, build without the relay client`, version, build: () => buildNative(name) },
      { name: `${version}, build with TLS`, version, build: () => buildTls(name, servers, BUNDLERS[name].relay) },
      // A bundler that copies the files needs nothing.
      ...(BUNDLERS[name].relay
        ? [
            {
              name: `${version}, build with TLS whose files are left out`,
              version,
              build: () => buildTls(name, servers),
              expect: 'tls-unavailable',
            },
          ]
        : []),
      ...(BUNDLERS[name].alias
        ? [
            {
              name: `${version}, build with an alias for ws`,
              version,
              build: () => build(name, '-alias', '', '', ALIAS),
            },
          ]
        : []),
      {
        name: `${version}, build of web`,
        version,
        build: () => build(name, '-web', DEFAULT.replace('wasm', 'wasm/web')),
      },
    ];
  });
  const vite = `vite ${versionOf('vite')}`;
  return [
    ...all.map((entry) => ({ ...entry, version: 'chromium' })),
    {
      name: `${vite}, dev`,
      version: 'chromium',
      build: () => viteDev('', app(DEFAULT), readmeModule(servers, 'websocket-wasm')),
    },
    {
      name: `${vite}, dev of web`,
      version: 'chromium',
      build: () => viteDev('-web', app(DEFAULT.replace('wasm', 'wasm/web'))),
    },
    { name: `${vite}, dev with TLS`, version: 'chromium', build: () => viteDev('-tls', tlsApp(servers)) },
  ];
}

/** @param {Record<string, string>} [more] files that replace the usual ones */
async function build(bundler, suffix, imports, readme = '', more = {}) {
  const { files, src = './dist/main.js', path, command, web, alias } = BUNDLERS[bundler];
  const needs = suffix === '-web' ? web : undefined;
  const aliased = suffix === '-alias' ? alias : undefined;
  const project = makeProject(bundler + suffix, {
    ...files,
    ...needs?.files,
    ...aliased?.files,
    'index.html': page(src),
    'main.js': `import './readme.js';\n${app(imports)}`,
    'readme.js': readme,
    ...more,
  });
  if (bundler === 'webpack') await webpack(project);
  else {
    const args = [...command.slice(1), ...(aliased?.args ?? [])];
    await run(join(tools, command[0]), args, { cwd: project, env: { NODE_ENV: 'production' } });
  }
  needs?.after?.(project);
  return { path: `${bundler}${suffix}/${path}`, project };
}

/** Builds README's page beside the usual one. It uses the relay client. */
async function buildReadme(bundler, servers) {
  const { imports = '', after } = BUNDLERS[bundler].relay ?? {};
  const made = await build(bundler, '', imports + DEFAULT, readmeModule(servers, 'websocket-wasm'));
  after?.(made.project);
  if (!hasRelayClient(made.project)) throw new Error('the relay client is missing');
  return made;
}

/** Builds a page that checks TLS through the relay. */
async function buildTls(bundler, servers, { imports = '', after } = /** @type {any} */ ({})) {
  const suffix = imports || after ? '-tls' : '-tls-without';
  const made = await build(bundler, suffix, '', '', { 'main.js': tlsApp(servers, imports) });
  after?.(made.project);
  return made;
}

/** Builds a page without a relay: it must not load the relay client. */
async function buildNative(bundler) {
  const made = await build(
    bundler,
    '-native',
    "import { native, WebSocket, configure } from 'websocket-wasm';\nconfigure({ transport: native });",
  );
  if (hasRelayClient(made.project)) throw new Error('the relay client is included');
  return made;
}

function hasRelayClient(project) {
  const output = readdirSync(join(project, 'dist'), { recursive: true, withFileTypes: true });
  return output.some(
    (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name), 'utf8').includes(RELAY_CLIENT),
  );
}

/** Runs webpack by its API: its command is another package. */
async function webpack(project) {
  const { default: bundle } = await import('webpack');
  const { default: config } = await import(join(project, 'webpack.config.js'));
  const stats = await new Promise((resolve, reject) => {
    bundle(
      { ...config, context: project, output: { ...config.output, path: join(project, 'dist') } },
      (error, stats) => (error ? reject(error) : resolve(stats)),
    );
  });
  if (stats.hasErrors() || stats.hasWarnings())
    throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
}

async function viteDev(suffix, main, readme = '') {
  const project = makeProject(`vite-dev${suffix}`, {
    'index.html': page('./main.js'),
    'main.js': `import './readme.js';\n${main}`,
    'readme.js': readme,
  });
  const { createServer } = await import('vite');
  const vite = await createServer({
    root: project,
    configFile: false,
    clearScreen: false,
    logLevel: 'warn',
    server: { host: '127.0.0.1', port: 0 },
  });
  await vite.listen();
  return { path: vite.resolvedUrls?.local[0] ?? '', close: () => vite.close() };
}

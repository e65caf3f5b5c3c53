// Node, Deno, Bun and workerd.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root, run } from '../../../scripts/run.js';
import { FLUSH_REQUESTS } from './check.js';
import { folder, makeProject, readme, tools, versionOf } from './project.js';

const testTools = join(root, 'tests', 'node_modules', '.bin');
const NODE = `node ${process.versions.node}`;

/** A newer Node, which `npm run test:consumers` installs: it is too large for each run of `npm test`. */
const newerNode = join(root, 'tests', 'tls', 'node_modules', `node-${process.platform}-${process.arch}`);

const MODULE = `import { WebSocket } from 'websocket-wasm';
import { check } from './check.js';
console.log(await check(WebSocket, process.argv[2]));
`;
// `check.js` is an ES module, which older versions of require() can't load.
const COMMON_JS = `const { WebSocket } = require('websocket-wasm');
import('./check.js').then(({ check }) => check(WebSocket, process.argv[2])).then(console.log);
`;
const FILES = {
  'main.mjs': MODULE,
  'main.cjs': COMMON_JS,
  'global.mjs': `import 'websocket-wasm/polyfill';
import { WebSocket as ours } from 'websocket-wasm';
import { check } from './check.js';
if (globalThis.WebSocket !== ours || typeof CloseEvent !== 'function') throw new Error('not replaced');
if (typeof WebSocketStream !== 'function' || typeof WebSocketError !== 'function') throw new Error('no streams');
console.log(await check(WebSocket, process.argv[2]));
`,
  'required.cjs': `const WebSocket = require('websocket-wasm');
import('./check.js').then(({ check }) => check(WebSocket, process.argv[2])).then(console.log);
`,
  'slim.cjs': `const { readFileSync } = require('node:fs');
const { init, WebSocket } = require('websocket-wasm/slim');
const { tcp } = require('websocket-wasm/transports');
if (typeof tcp !== 'function') throw new Error('no tcp');
init(readFileSync(require.resolve('websocket-wasm/websocket_wasm.wasm')))
  .then(() => import('./check.js'))
  .then(({ check }) => check(WebSocket, process.argv[2])).then(console.log);
`,
  'stream.mjs': `import { WebSocketStream } from 'websocket-wasm/stream';
import { checkStream } from './check.js';
console.log(await checkStream(WebSocketStream, process.argv[2]));
`,
  'stream.cjs': `const { WebSocketStream } = require('websocket-wasm/stream');
import('./check.js').then(({ checkStream }) => checkStream(WebSocketStream, process.argv[2])).then(console.log);
`,
  'web.mjs': `import { WebSocket } from 'websocket-wasm/web';
import { check } from './check.js';
console.log(await check(WebSocket, process.argv[2]));
`,
  'tls.mjs': `import { readFileSync } from 'node:fs';
import * as ours from 'websocket-wasm';
import { checkTls } from './check.js';
const server = JSON.parse(readFileSync('tls.json', 'utf8'));
console.log(await checkTls(ours, { transport: ours.tls(ours.tcp), ...server }));
`,
  'tls.cjs': `const { readFileSync } = require('node:fs');
const ours = require('websocket-wasm');
const server = JSON.parse(readFileSync('tls.json', 'utf8'));
import('./check.js')
  .then(({ checkTls }) => checkTls(ours, { transport: ours.tls(ours.tcp), ...server })).then(console.log);
`,
  'one.cjs': readFileSync(new URL('one.cjs', import.meta.url), 'utf8'),
};

/** @returns {{ name: string, version: string, run: () => Promise<string>, expect?: string | RegExp }[]} */
export function runtimes({ servers: { echo, tls }, dom }) {
  const project = makeProject('runtimes', {
    ...FILES,
    'tls.json': JSON.stringify(tls),
    'readme.mjs': readme('js', 'In Node', { 'wss://echo.example/': echo }),
  });
  const output = (program, ...args) => last(program, [...args, echo], project);
  const deno = [join(testTools, 'deno'), 'run', '--quiet', '--allow-all', '--node-modules-dir=manual'];
  const bun = join(testTools, 'bun');
  const ofDeno = versionOf('deno', join(root, 'tests', 'node_modules'));
  const ofBun = versionOf('bun', join(root, 'tests', 'node_modules'));
  const hello = /pong after [\d.]+ ms\s+ArrayBuffer/;
  return [
    {
      name: "README's example in Node",
      version: NODE,
      run: () => until(hello, 'node', ['readme.mjs'], project),
      expect: hello,
    },
    {
      name: "README's example in Deno",
      version: ofDeno,
      run: () => until(hello, deno[0], [...deno.slice(1), 'readme.mjs'], project),
      expect: hello,
    },
    {
      name: "README's example in Bun",
      version: ofBun,
      run: () => until(hello, bun, ['readme.mjs'], project),
      expect: hello,
    },
    { name: 'Node, ES module', version: NODE, run: () => output('node', 'main.mjs') },
    { name: 'Node, CommonJS', version: NODE, run: () => output('node', 'main.cjs') },
    {
      name: 'Node, CommonJS without require() of ES modules (Node before 20.19)',
      version: NODE,
      run: () => output('node', '--no-experimental-require-module', 'main.cjs'),
    },
    ...oneClass('Node, import and require', NODE, (...args) => output('node', ...args)),
    ...oneClass('Node, import and require without require() of ES modules', NODE, (...args) =>
      output('node', '--no-experimental-require-module', ...args),
    ),
    ...(existsSync(newerNode) ? inNewerNode((...args) => output(join(newerNode, 'bin', 'node'), ...args)) : []),
    { name: 'Node, the class by require()', version: NODE, run: () => output('node', 'required.cjs') },
    {
      name: 'Node, the class by require() without require() of ES modules',
      version: NODE,
      run: () => output('node', '--no-experimental-require-module', 'required.cjs'),
    },
    {
      name: 'Deno, the class by require()',
      version: ofDeno,
      run: () => output(deno[0], ...deno.slice(1), 'required.cjs'),
    },
    { name: 'Bun, the class by require()', version: ofBun, run: () => output(bun, 'required.cjs') },
    {
      name: 'Node, the class by require() bundled to one ES module by rolldown',
      version: `rolldown ${versionOf('rolldown', join(root, 'node_modules'))}`,
      run: async () => {
        await rolldown('required.cjs', 'out/required.mjs', project);
        return output('node', 'out/required.mjs');
      },
    },
    ...oneClass('Deno, import and require', ofDeno, (...args) => output(deno[0], ...deno.slice(1), ...args)),
    ...oneClass('Bun, import and require', ofBun, (...args) => output(bun, ...args)),
    ...oneClass(
      'Node, import and require bundled by esbuild',
      `esbuild ${versionOf('esbuild')}`,
      async (file, order) => {
        const to = `--outfile=out/${order}.cjs`;
        await esbuild([file, '--platform=node', '--format=cjs', '--external:*.wasm', to], project);
        return output('node', '--no-experimental-require-module', `out/${order}.cjs`, order);
      },
    ),
    { name: 'Node, polyfill', version: NODE, run: () => output('node', 'global.mjs') },
    {
      name: 'Node, slim by CommonJS',
      version: NODE,
      run: () => output('node', '--no-experimental-require-module', 'slim.cjs'),
    },
    { name: 'Node, stream', version: NODE, run: () => output('node', 'stream.mjs') },
    {
      name: 'Node, stream by CommonJS',
      version: NODE,
      run: () => output('node', '--no-experimental-require-module', 'stream.cjs'),
    },
    { name: 'Deno, stream', version: ofDeno, run: () => output(deno[0], ...deno.slice(1), 'stream.mjs') },
    { name: 'Bun, stream', version: ofBun, run: () => output(bun, 'stream.mjs') },
    { name: 'Node, web', version: NODE, run: () => output('node', 'web.mjs') },
    {
      name: 'Node, bundled to CommonJS by esbuild',
      version: `esbuild ${versionOf('esbuild')}`,
      run: async () => {
        await esbuild(['main.cjs', '--platform=node', '--format=cjs', '--outfile=out/main.cjs'], project);
        return output('node', 'out/main.cjs');
      },
    },
    { name: 'Node, TLS', version: NODE, run: () => output('node', 'tls.mjs') },
    {
      name: 'Node, TLS by CommonJS',
      version: NODE,
      run: () => output('node', '--no-experimental-require-module', 'tls.cjs'),
    },
    { name: 'Node, TLS by require() of ES modules', version: NODE, run: () => output('node', 'tls.cjs') },
    {
      name: 'Node, TLS bundled to CommonJS by esbuild',
      version: `esbuild ${versionOf('esbuild')}`,
      run: async () => {
        await esbuild(['tls.cjs', '--platform=node', '--format=cjs', '--outfile=out/tls.cjs'], project);
        return output('node', 'out/tls.cjs');
      },
    },
    {
      name: 'Node, TLS bundled to one ES module by rolldown',
      version: `rolldown ${versionOf('rolldown', join(root, 'node_modules'))}`,
      run: async () => {
        await rolldown('tls.mjs', 'out/tls.mjs', project);
        return output('node', 'out/tls.mjs');
      },
    },
    { name: 'Deno, TLS', version: ofDeno, run: () => output(deno[0], ...deno.slice(1), 'tls.mjs') },
    { name: 'Bun, TLS', version: ofBun, run: () => output(bun, 'tls.mjs') },
    { name: 'Bun, TLS by CommonJS', version: ofBun, run: () => output(bun, 'tls.cjs') },
    { name: 'Deno', version: ofDeno, run: () => output(deno[0], ...deno.slice(1), 'main.mjs') },
    { name: 'Bun, ES module', version: ofBun, run: () => output(bun, 'main.mjs') },
    { name: 'Bun, CommonJS', version: ofBun, run: () => output(bun, 'main.cjs') },
    { name: 'workerd', version: versionOf('workerd'), run: () => inWorkerd('workerd', CHECK, echo, WASM) },
    {
      name: 'workerd, options of tcp',
      version: versionOf('workerd'),
      run: () => inWorkerd('workerd-tcp', CHECK_TCP, echo, WASM),
    },
    {
      name: 'workerd, keepAlive after a request that left a socket open',
      version: versionOf('workerd'),
      run: () => inWorkerd('workerd-keep-alive', CHECK_KEEP_ALIVE, echo, WASM, 2),
      expect: 'a ping',
    },
    {
      name: 'workerd, flushed bytes after requests that left sockets open',
      version: versionOf('workerd'),
      run: () => inWorkerd('workerd-flushes', CHECK_FLUSHES, { echo, silent: `${dom}/silent` }, WASM, FLUSH_REQUESTS),
      expect: 'flushed',
    },
    {
      name: 'workerd, TLS',
      version: versionOf('workerd'),
      run: () => inWorkerd('workerd-tls', CHECK_TLS, tls, [...WASM, 'tls.wasm']),
    },
    {
      name: 'workerd, TLS whose module is left out',
      version: versionOf('workerd'),
      run: () => inWorkerd('workerd-tls-without', CHECK_TLS, tls, WASM),
      expect: 'tls-unavailable',
    },
  ];
}

/** Two consumers: one imports first, the other requires first. */
function oneClass(name, version, run) {
  const orders = ['import', 'require'];
  return orders.map((order) => ({
    name: `${name}, ${order} first`,
    version,
    run: () => run('one.cjs', order),
    expect: 'one class',
  }));
}

/** The consumers whose modules a newer Node may load in another way. */
function inNewerNode(output) {
  const version = `node ${versionOf(basename(newerNode), dirname(newerNode))}`;
  return [
    { name: 'newer Node, ES module', version, run: () => output('main.mjs') },
    { name: 'newer Node, CommonJS', version, run: () => output('main.cjs') },
    { name: 'newer Node, the class by require()', version, run: () => output('required.cjs') },
    ...oneClass('newer Node, import and require', version, output),
  ];
}

function esbuild(args, cwd) {
  return run(join(tools, 'esbuild'), [...args, '--bundle', '--log-level=warning'], { cwd });
}

async function rolldown(input, file, cwd) {
  const { build } = await import('rolldown');
  await build({
    ...{ cwd, input, platform: 'node', logLevel: 'warn' },
    output: { file: join(cwd, file), format: 'esm', codeSplitting: false },
  });
}

const CHECK = 'check(ours.WebSocket, server)';
const CHECK_TLS = 'checkTls(ours, { transport: ours.tls(ours.tcp), ...server })';
/** Those that it has, and one that it can't have. */
const CHECK_TCP = `check(ours.WebSocket, server, { transport: ours.tcp({ timeout: 10_000, proxy: false }) }).then((result) => {
      try {
        ours.tcp({ ca: '' });
      } catch (error) {
        if (error instanceof TypeError && error.message.includes("'ca'")) return result;
      }
      return 'it has an option that it lacks';
    })`;
const CHECK_FLUSHES = 'checkFlushes(ours, server)';
const CHECK_KEEP_ALIVE = 'checkKeepAlive(ours, server)';
const worker = (check) => `import * as ours from 'websocket-wasm';
import { check, checkFlushes, checkKeepAlive, checkTls } from './check.js';
export default {
  async fetch(request) {
    const server = JSON.parse(decodeURIComponent(new URL(request.url).search.slice(1)));
    return new Response(await ${check}.catch((error) => String(error)));
  },
};
`;
/** The modules that a worker needs. */
const WASM = ['websocket_wasm.wasm', 'codec.wasm'];
const workerdConfig = (files) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "out/worker.js"),
${files.map((file) => `    (name = "${file}", wasm = embed "out/${file}"),`).join('\n')}
  ],
  compatibilityDate = "2025-09-01",
);
`;

/**
 * Bundled as Cloudflare's own tools do: by esbuild, with wasm files left as modules.
 * @param {string} name of the project
 * @param {string} check an expression
 * @param {unknown} server what it is passed
 * @param {string[]} files the wasm files that the worker has
 * @param {number} requests how many to make, one after the other; the last response counts
 */
async function inWorkerd(name, check, server, files, requests = 1) {
  const project = makeProject(name, { 'worker.js': worker(check), 'config.capnp': workerdConfig(files) });
  const conditions = ['--conditions=workerd,worker,browser', '--external:*.wasm', '--external:cloudflare:*'];
  await esbuild(['worker.js', '--format=esm', ...conditions, '--outfile=out/worker.js'], project);
  for (const wasm of files) {
    copyFileSync(join(folder, 'node_modules', 'websocket-wasm', 'dist', wasm), join(project, 'out', wasm));
  }
  const workerd = spawn(join(tools, 'workerd'), ['serve', '--control-fd=3', 'config.capnp'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(workerd, 'exit');
  try {
    const [said] = await Promise.race([
      once(/** @type {import('node:stream').Readable} */ (workerd.stdio[3]), 'data'),
      ended.then(() => Promise.reject(new Error('workerd ended'))),
    ]);
    const { port } = JSON.parse(`${said}`.trim().split('\n')[0]);
    let text = '';
    for (let i = 0; i < requests; i += 1) {
      const response = await fetch(`http://127.0.0.1:${port}/?${encodeURIComponent(JSON.stringify(server))}`);
      text = await response.text();
    }
    return text;
  } finally {
    workerd.kill();
    await ended;
  }
}

/** The last line that a program prints. */
async function last(program, args, cwd) {
  const { output } = await listen(program, args, cwd);
  return output.trim().split('\n').at(-1) ?? '';
}

/** Runs a program until its output matches, and returns the output. */
async function until(pattern, program, args, cwd) {
  return (await listen(program, args, cwd, pattern)).output;
}

async function listen(program, args, cwd, pattern) {
  // Without colours, even if the environment asks for them: the output is compared.
  const env = { ...process.env, FORCE_COLOR: undefined };
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (pattern?.test(output)) child.kill('SIGKILL');
    });
  }
  await once(child, 'close');
  clearTimeout(limit);
  return { output };
}

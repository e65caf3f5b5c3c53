// Pages without a bundler, and workers.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CAME_BACK } from './check.js';
import { FROM_NODE_MODULES, folder, html, ICON, makeProject, readme } from './project.js';
import { worker } from './workers.js';

const ENTRIES = ['slim', 'web', 'polyfill', 'stream', 'transports', 'har', 'deflate', 'tls'].map((name) => [
  `websocket-wasm/${name}`,
  `${FROM_NODE_MODULES}/${name}.js`,
]);
const IMPORTS = Object.fromEntries([['websocket-wasm', `${FROM_NODE_MODULES}/browser.js`], ...ENTRIES]);
const IMPORT_MAP = `<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

/** A module that checks the class imported by `imports`, and sets `globalThis.result`. */
export const app = (imports) => `${imports}
import { check } from './check.js';
const url = decodeURIComponent(location.search.slice(1));
check(WebSocket, url).then((result) => { globalThis.result = result; }, (error) => { globalThis.result = \`\${error}\`; });
`;

/** A module that checks TLS through the relay, and sets `globalThis.result`. */
export const tlsApp = ({ relay, tls }, imports = '') => `${imports}import * as ours from 'websocket-wasm';
import { checkTls } from './check.js';
const server = ${JSON.stringify(tls)};
checkTls(ours, { transport: ours.wisp('${relay}'), ...server })
  .then((result) => { globalThis.result = result; }, (error) => { globalThis.result = \`\${error}\`; });
`;

/** README's page, with the test's servers and import. */
export function readmePage({ relay, tls }, from) {
  const html = readme('html', 'In a page', {
    // The server's certificate is from an authority of the test.
    "wisp('wss://relay.example/')": `wisp('${relay}', ${JSON.stringify({ tls: { ca: tls.ca } })})`,
    'wss://echo.example/chat': `${tls.url}chat`,
  });
  return html.replace('./node_modules/websocket-wasm/dist/browser.js', from);
}

/** The contents of its script element. */
export function readmeModule(servers, from) {
  return readmePage(servers, from)
    .replace(/^<script.*\n/, '')
    .replace(/<\/script>\s*$/, '');
}

/**
 * The pages: `make` returns the path to open, `expect` is the result if it isn't the usual one.
 * @type {{ name: string, make: (env: any) => string, expect?: RegExp | string, csp?: string, engines?: string[] }[]}
 */
export const pages = [
  {
    name: "README's page, by <script type=module>",
    engines: ['chromium', 'firefox', 'webkit'],
    make: ({ servers }) => {
      const listen = `<script>console.log = (said) => { globalThis.result ??= said; };</script>`;
      const page = readmePage(servers, `${FROM_NODE_MODULES}/browser.js`);
      makeProject('readme', { 'index.html': ICON + listen + page });
      return 'readme/index.html';
    },
    expect: 'hello',
  },
  {
    name: '<script type=module>',
    engines: ['chromium', 'firefox', 'webkit'],
    make: () => page('plain', `import { WebSocket } from '${FROM_NODE_MODULES}/browser.js';`),
  },
  {
    name: 'import map',
    engines: ['chromium', 'firefox', 'webkit'],
    make: () => page('import-map', `import { WebSocket } from 'websocket-wasm';`, IMPORT_MAP),
  },
  {
    name: 'slim, init(URL)',
    engines: ['chromium', 'firefox', 'webkit'],
    make: () =>
      page(
        'slim',
        `import { init, WebSocket } from 'websocket-wasm/slim';
         await init(new URL('${FROM_NODE_MODULES}/websocket_wasm.wasm', location.href));`,
        IMPORT_MAP,
      ),
  },
  {
    name: 'slim, init() with every kind of argument, and without it',
    make: () => {
      const wasm = `new URL('${FROM_NODE_MODULES}/websocket_wasm.wasm', location.href)`;
      // Each in a page of its own: a page loads the core once.
      const inputs = {
        none: 'undefined',
        bytes: `await slim.init(await (await fetch(${wasm})).arrayBuffer())`,
        module: `slim.initSync(await WebAssembly.compileStreaming(fetch(${wasm})))`,
        promise: `await slim.init(fetch(${wasm}))`,
        missing: `await slim.init('none.wasm')`,
      };
      const frame = (init) =>
        app(`import * as slim from 'websocket-wasm/slim';
          const { WebSocket } = slim;
          try { ${init}; } catch (error) { globalThis.result = error.name + ': ' + error.message; throw error; }`).replace(
          'check(WebSocket, url)',
          'Promise.resolve().then(() => check(WebSocket, url))',
        );
      const files = Object.fromEntries(
        Object.entries(inputs).map(([name, init]) => [`${name}.html`, html(frame(init), IMPORT_MAP)]),
      );
      const all = `const results = [];
        for (const name of ${JSON.stringify(Object.keys(inputs))}) {
          const frame = document.createElement('iframe');
          frame.src = name + '.html' + location.search;
          document.body.append(frame);
          while (!frame.contentWindow.result) await new Promise((resolve) => setTimeout(resolve, 20));
          results.push(name + ': ' + frame.contentWindow.result);
        }
        globalThis.result = results.join('; ');`;
      makeProject('slim-inputs', { ...files, 'index.html': `${ICON}<body><script type="module">${all}</script>` });
      return 'slim-inputs/index.html';
    },
    expect: new RegExp(
      `^none: InvalidStateError: .*await init\\(\\).*; bytes: ${CAME_BACK}; module: ${CAME_BACK}; promise: ${CAME_BACK}; missing: WasmLoadError: .*404`,
    ),
  },
  {
    name: 'web, streamed',
    engines: ['chromium', 'firefox', 'webkit'],
    make: () => page('web', `import { WebSocket } from 'websocket-wasm/web';`, IMPORT_MAP),
  },
  {
    name: 'web, every clause of the constructor before the wasm is loaded',
    make: ({ dom }) => {
      const script = `import * as ours from '/held/node_modules/websocket-wasm/dist/web.js';
        import clauses from '/tests/dom/clauses/constructor.js';
        import { runClauses } from '/tests/dom/harness.js';
        let loaded = false;
        ours.ready.then(() => { loaded = true; });
        const given = { WebSocket: ours.WebSocket, server: (path = '/echo') => '${dom}' + path,
          scope: 'window', wire: 'native', transport: ours.native };
        const running = clauses.map((clause) => runClauses([clause], given));
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (loaded) throw new Error('the wasm was loaded too early');
        await fetch('/release');
        const results = (await Promise.all(running)).flat();
        const failed = results.filter(({ verdict }) => verdict === 'fails');
        const held = results.filter(({ verdict }) => verdict === 'holds').length;
        globalThis.result = failed.length > 0 ? JSON.stringify(failed) : held > 35 ? 'all hold' : held + ' hold';`;
      makeProject('early', { 'index.html': html(script) });
      return 'early/index.html';
    },
    expect: 'all hold',
  },
  {
    name: 'web, whose wasm is missing',
    make: () => {
      const script = `import { connectionOf, ready, WebSocket } from '../lost/web.js';
        const socket = new WebSocket('ws://127.0.0.1:1/');
        const events = [];
        for (const type of ['open', 'error', 'close']) {
          socket.addEventListener(type, ({ code }) => events.push(type + socket.readyState + (code ?? '')));
        }
        await new Promise((resolve) => { socket.onclose = resolve; });
        const late = new WebSocket('ws://127.0.0.1:1/');
        await new Promise((resolve) => { late.onclose = resolve; });
        const error = await ready.catch((error) => error);
        globalThis.result = [...events, error.name, connectionOf(late).failure.code, connectionOf(late).failure.message].join(' ');`;
      makeProject('missing', { 'index.html': html(script) });
      cpSync(join(folder, 'node_modules', 'websocket-wasm', 'dist'), join(folder, 'lost'), { recursive: true });
      rmSync(join(folder, 'lost', 'websocket_wasm.wasm'));
      return 'missing/index.html';
    },
    expect:
      /^error3 close31006 WasmLoadError wasm-load-failed websocket-wasm can't load its WebAssembly: .* was answered with 404\.$/,
  },
  {
    name: 'stream',
    engines: ['chromium', 'firefox', 'webkit'],
    make: () => {
      const script = app(`import { WebSocketStream } from 'websocket-wasm/stream';`)
        .replace('import { check }', 'import { checkStream }')
        .replace('check(WebSocket, url)', 'checkStream(WebSocketStream, url)');
      makeProject('stream', { 'index.html': html(script, IMPORT_MAP) });
      return 'stream/index.html';
    },
  },
  {
    name: 'polyfill',
    engines: ['chromium', 'firefox', 'webkit'],
    make: () =>
      page(
        'polyfill',
        `const before = globalThis.WebSocket;
         await import('websocket-wasm/polyfill');
         if (globalThis.WebSocket === before) throw new Error('not replaced');
         if (!globalThis.WebSocketStream || !globalThis.WebSocketError) throw new Error('no streams');`,
        IMPORT_MAP,
      ),
  },
  {
    name: 'transports, with another entry: one relay client, one native',
    make: ({ servers }) =>
      page(
        'transports',
        `import * as all from 'websocket-wasm';
         import * as slim from 'websocket-wasm/slim';
         import { native, wisp } from 'websocket-wasm/transports';
         const { WebSocket, configure } = slim;
         if (all.WebSocket !== WebSocket || all.native !== native || all.wisp !== wisp) throw new Error('not one');
         configure({ transport: wisp('${servers.relay}') });`,
        IMPORT_MAP,
      ),
  },
  {
    name: 'TLS through the relay',
    engines: ['chromium', 'firefox', 'webkit'],
    make: ({ servers }) => pageWithTls('tls', servers),
  },
  {
    name: "TLS under a Content-Security-Policy whose connect-src doesn't include the files",
    csp: 'connect-src ws:',
    make: ({ servers }) => pageWithTls('tls-policed', servers),
    expect: 'tls-unavailable',
  },
  {
    name: 'TLS under that policy, with websocket-wasm/tls',
    csp: 'connect-src ws:',
    make: ({ servers }) =>
      pageWithTls('tls-imported', servers, "import 'websocket-wasm/deflate';\nimport 'websocket-wasm/tls';\n"),
  },
  {
    name: "CSP script-src 'self' 'wasm-unsafe-eval'",
    engines: ['chromium', 'firefox', 'webkit'],
    csp: "script-src 'self' 'wasm-unsafe-eval'",
    make: () => policed('csp'),
  },
  {
    name: "CSP without 'wasm-unsafe-eval': WasmLoadError",
    engines: ['chromium', 'firefox', 'webkit'],
    csp: "script-src 'self'",
    make: () => policed('csp-without'),
    expect: /^WasmLoadError: .*Content-Security-Policy.*'wasm-unsafe-eval'/,
  },
  {
    name: "CSP without 'wasm-unsafe-eval', web: WasmLoadError",
    engines: ['chromium', 'firefox', 'webkit'],
    csp: "script-src 'self'",
    make: () => policed('csp-without-web', 'web.js', 'await ready;'),
    expect: /^WasmLoadError: .*Content-Security-Policy.*'wasm-unsafe-eval'/,
  },
  { name: 'dedicated worker', engines: ['chromium', 'firefox', 'webkit'], make: () => worker('worker', 'dedicated') },
  { name: 'shared worker', engines: ['chromium', 'firefox', 'webkit'], make: () => worker('shared-worker', 'shared') },
  { name: 'service worker', make: () => worker('service-worker', 'service') },
  {
    name: 'dedicated worker, TLS through the relay',
    engines: ['chromium', 'firefox', 'webkit'],
    make: ({ servers }) => worker('worker-tls', 'dedicated', servers),
  },
  {
    name: 'service worker, TLS through the relay',
    make: ({ servers }) => worker('service-worker-tls', 'service', servers),
  },
];

function page(name, imports, before) {
  makeProject(name, { 'index.html': html(app(imports), before) });
  return `${name}/index.html`;
}

function pageWithTls(name, servers, imports) {
  makeProject(name, { 'index.html': html(tlsApp(servers, imports), IMPORT_MAP) });
  return `${name}/index.html`;
}

/** A page without inline scripts, which the policy forbids. The import is dynamic, so that its error can be read. */
function policed(name, entry = 'browser.js', then = '') {
  const script = `import { check } from './check.js';
const url = decodeURIComponent(location.search.slice(1));
try {
  const { WebSocket, ready } = await import('${FROM_NODE_MODULES}/${entry}');
  ${then}
  globalThis.result = await check(WebSocket, url);
} catch (error) {
  globalThis.result = \`\${error.name}: \${error.message}\`;
}
`;
  makeProject(name, { 'index.html': `${ICON}<script type="module" src="app.js"></script>`, 'app.js': script });
  return `${name}/index.html`;
}

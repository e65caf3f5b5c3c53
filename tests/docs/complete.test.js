// docs/api.md covers the whole API, and no link is broken.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { blocks, PAGES, pageText } from './blocks.js';

const api = pageText('api.md');
const examples = blocks()
  .filter(({ page }) => page === 'api.md')
  .map(({ code }) => code)
  .join('\n');

const source = (path) => readFileSync(new URL(`../../src/shim/${path}`, import.meta.url), 'utf8');

/** The public members of an interface or class in the sources. */
function members(path, name) {
  const body = new RegExp(`^export (?:interface|class) ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(
    source(path),
  )?.[1];
  assert.ok(body, name);
  const names = [...body.matchAll(/^ {2}(?:readonly |get )?(\w+)\??(?:<.*>)?[:(]/gm)].map(([, member]) => member);
  assert.ok(names.length > 0, name);
  return [...new Set(names)].filter((member) => member !== 'constructor');
}

for (const name of members('arguments/options.ts', 'WebSocketInit')) {
  test(`the option ${name} has a heading, its default and an example`, () => {
    const section = api.split(/^(?=#)/m).find((part) => part.startsWith(`### \`${name}\``));
    assert.ok(section, 'heading');
    assert.match(section, /Default:/);
    assert.match(examples, new RegExp(`\\b${name}\\b`), 'example');
  });
}

for (const [path, name] of [
  ['arguments/options.ts', 'PerMessageDeflateOptions'],
  ['arguments/options.ts', 'KeepAliveOptions'],
  ['websocket/connection.ts', 'Connection'],
  ['channel/frame-info.ts', 'FrameInfo'],
  ['websocket/interface.ts', 'WebSocket'],
  ['websocket/interface.ts', 'WebSocketEventMap'],
  ['websocket/interface.ts', 'CloseEvent'],
  ['arguments/defaults.ts', 'Configuration'],
  ['transports/types.ts', 'TransportTarget'],
  ['transports/types.ts', 'ConnectionSecurity'],
  ['transports/types.ts', 'TlsFacts'],
  ['transports/types.ts', 'TlsCertificate'],
  ['transports/tls/options.ts', 'TlsOptions'],
  ['transports/tcp/options.ts', 'TcpOptions'],
  ['transports/tcp/options.ts', 'TcpProxy'],
  ['transports/tcp/options.ts', 'NodeTlsOptions'],
  ['transports/types.ts', 'ByteStream'],
  ['transports/types.ts', 'Link'],
  ['transports/types.ts', 'LinkSink'],
  ['transports/relay/transport.ts', 'RelayOptions'],
  ['transports/wisp/transport.ts', 'WispOptions'],
  ['transports/web-transport/options.ts', 'WebTransportRelayOptions'],
  ['transports/direct-sockets/transport.ts', 'DirectSocketOptions'],
  ['transports/wisp/extensions.ts', 'WispExtensionOptions'],
  ['stream/web-socket-stream.ts', 'WebSocketStream'],
  ['stream/web-socket-stream.ts', 'WebSocketOpenInfo'],
  ['stream/web-socket-error.ts', 'WebSocketError'],
  ['stream/web-socket-error.ts', 'WebSocketCloseInfo'],
  ['har/recorder.ts', 'RecordOptions'],
  ['har/recorder.ts', 'ExportOptions'],
  ['har/recorder.ts', 'Recorder'],
  ['har/messages-of.ts', 'ArchivedMessage'],
  ['har/format.ts', 'HarEntry'],
  ['har/format.ts', 'HarRequest'],
  ['har/format.ts', 'HarResponse'],
  ['har/format.ts', 'HarTimings'],
  ['har/format.ts', 'HarWebSocketMessage'],
  ['har/format.ts', 'HarSecurityDetails'],
  ['har/format.ts', 'HarClose'],
]) {
  test(`every member of ${name} is documented`, () => {
    const missing = members(path, name).filter((member) => !new RegExp(`\`[^\`]*\\b${member}\\b[^\`]*\``).test(api));
    assert.deepEqual(missing, []);
  });
}

test('every export of every entry is documented, and used in an example', () => {
  const entries = ['node', 'web', 'transports-node'].map((entry) => source(`entries/${entry}.ts`));
  const exported = [...['index.ts', 'wasm/init.ts', 'stream/index.ts', 'har/index.ts'].map(source), ...entries].flatMap(
    (text) => [
      ...[...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name),
      ...[...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names]) =>
        names.split(',').flatMap((name) => (/^type /.test(name.trim()) ? [] : [name.trim().replace(/^.* as /, '')])),
      ),
    ],
  );
  const names = [...new Set(exported.filter(Boolean))];
  assert.ok(names.length > 8, `${names}`);
  for (const name of names) {
    assert.match(api, new RegExp(`\`${name}\\b`), name);
    assert.match(examples, new RegExp(`\\b${name}\\b`), name);
  }
});

test('every code of a failure of TLS is documented', () => {
  const failures = source('transports/tls/failures.ts');
  const codes = [
    ...[...failures.matchAll(/\['([a-z-]+)', /g)].map(([, code]) => `tls-${code}`),
    ...[...failures.matchAll(/new Failure\('([a-z-]+)'/g)].map(([, code]) => code),
  ];
  assert.ok(codes.length > 15, `${codes}`);
  const table = api.split(/^(?=#)/m).find((part) => part.startsWith('## Failure codes')) ?? '';
  assert.deepEqual(
    codes.filter((code) => !table.includes(`\`${code}\``)),
    [],
  );
});

test('every code of a failure at a proxy is documented', () => {
  const sources = ['failures', 'environment'].map((name) => source(`transports/tcp/proxy/${name}.ts`)).join('\n');
  const codes = [...sources.matchAll(/new Failure\(\s*'([a-z-]+)'/g)].map(([, code]) => code);
  assert.equal(codes.length, 4, `${codes}`);
  const table = api.split(/^(?=#)/m).find((part) => part.startsWith('## Failure codes')) ?? '';
  assert.deepEqual(
    codes.filter((code) => !table.includes(`\`${code}\``)),
    [],
  );
});

for (const page of [...PAGES, 'relays.md', '../README.md', '../CONTRIBUTING.md', '../SECURITY.md']) {
  test(`the links of ${page} have targets`, () => {
    for (const [, target] of pageText(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const file = new URL(path || page.split('/').at(-1), new URL(`../../docs/${page}`, import.meta.url));
      assert.ok(existsSync(file), target);
      if (anchor) assert.ok(anchors(readFileSync(file, 'utf8')).has(anchor), target);
    }
  });
}

/** The anchors of a page's headings, as GitHub and others generate them. */
function anchors(text) {
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)];
  return new Set(headings.map(([, heading]) => slug(heading)));
}

function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

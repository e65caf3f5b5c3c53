// The project's own types, and those of the packed package.
import { join } from 'node:path';
import { installPacked, pack } from './pack.js';
import { root, run } from './run.js';

const tsc = (project) => run(join(root, 'node_modules', '.bin', 'tsc'), ['--project', project]);
const testTool = (name) => join(root, 'tests', 'node_modules', '.bin', name);

/** Checks the types; `dist/` must be built. */
export async function testTypes() {
  await installPacked('tests/package');
  await tsc('tsconfig.json');
  await tsc('tests/tsconfig.json');
  await installPacked('tests/types');
  await tsc('tests/types/tsconfig.page.json');
  await tsc('tests/types/tsconfig.node.json');
  const tarball = await pack();
  await run(testTool('publint'), ['run', tarball, '--strict']);
  // A CommonJS module can't require these files. `node10`, which doesn't know `exports`, is no longer supported by TypeScript.
  const files = ['websocket_wasm.wasm', 'codec.wasm', 'tls.wasm', 'roots.bin'];
  const but = ['--profile', 'node16', '--exclude-entrypoints', ...files];
  await run(testTool('attw'), [tarball, ...but, '--format', 'table-flipped', '--no-color']);
}

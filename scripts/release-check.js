// `npm run release:check`: all that a release needs, short of publishing. It changes nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.js';
import { changelogProblems, contentProblems, disagreements } from './release/checks.js';
import { ask, fail, root, run, say } from './run.js';
import { setUp } from './setup/index.js';

const read = (file) => readFileSync(join(root, file), 'utf8');

async function check() {
  await setUp(['dist']);
  await build();
  const manifest = JSON.parse(read('package.json'));
  const lock = JSON.parse(read('package-lock.json'));
  const problems = [
    ...disagreements({
      'package.json': manifest.version,
      'package-lock.json': lock.packages[''].version,
      'Cargo.toml': /^version = "(.*)"/m.exec(read('Cargo.toml'))?.[1],
      'Cargo.lock': /^name = "websocket-wasm"\nversion = "(.*)"/m.exec(read('Cargo.lock'))?.[1],
    }),
    ...changelogProblems(read('CHANGELOG.md'), manifest.version),
    ...(await uncommitted()),
  ];

  say('what npm would publish ...');
  const packed = await ask('npm', ['pack', '--dry-run', '--json']);
  const [{ files, size, unpackedSize }] = JSON.parse(packed ?? '[{}]');
  if (!files) throw new Error('npm pack --dry-run failed');
  const paths = files.map(({ path }) => path).sort();
  for (const path of paths) console.log(`  ${path}`);
  console.log(`  ${paths.length} files, ${size} bytes, ${unpackedSize} unpacked`);
  problems.push(...contentProblems(paths, manifest));
  if (problems.length > 0) throw new Error(['This is no release:', ...problems].join('\n- '));

  say('npm publish --dry-run ...');
  await run('npm', ['publish', '--dry-run', '--loglevel=warn']);
  say('cargo publish --dry-run ...');
  await run('cargo', ['publish', '--dry-run', '--quiet']);
  say(`${manifest.version} is ready: npm publish, and cargo publish`);
}

/** What git knows of and isn't committed; where there is no git, nothing. */
async function uncommitted() {
  const status = await ask('git', ['status', '--porcelain']);
  return status?.trim() ? [`not committed:\n${status.trimEnd()}`] : [];
}

await check().catch(fail);

// `npm run release:check`: checks everything that a release needs, and publishes nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.js';
import { crate } from './manifest.js';
import {
  changelogProblems,
  contentProblems,
  disagreements,
  metadataProblems,
  reportingAddress,
} from './release/checks.js';
import { ask, fail, root, run, say } from './run.js';
import { lockedVersion } from './setup/cargo.js';
import { setUp } from './setup/index.js';

const read = (file) => readFileSync(join(root, file), 'utf8');

async function check() {
  await setUp(['dist']);
  await build();
  const manifest = JSON.parse(read('package.json'));
  const lock = JSON.parse(read('package-lock.json'));
  const { version, description, authors, repository, homepage } = await crate();
  const problems = [
    ...disagreements({
      'package.json': manifest.version,
      'package-lock.json': lock.packages[''].version,
      'Cargo.toml': version,
      'Cargo.lock': lockedVersion('websocket-wasm'),
    }),
    ...metadataProblems({
      'package.json': {
        description: manifest.description,
        author: manifest.author,
        repository: manifest.repository?.url,
        homepage: manifest.homepage,
        bugs: manifest.bugs?.url,
      },
      'Cargo.toml': {
        description,
        authors: authors.join(', '),
        repository,
        homepage,
      },
      'SECURITY.md': { 'the reporting address': reportingAddress(read('SECURITY.md')) },
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
  if (problems.length > 0) throw new Error(["This can't be released:", ...problems].join('\n- '));

  say('npm publish --dry-run ...');
  await run('npm', ['publish', '--dry-run', '--loglevel=warn']);
  say('cargo publish --dry-run ...');
  await run('cargo', ['publish', '--dry-run', '--quiet']);
  say(`${manifest.version} is ready: npm publish, and cargo publish`);
}

/** Uncommitted changes; none without git. */
async function uncommitted() {
  const status = await ask('git', ['status', '--porcelain']);
  return status?.trim() ? [`not committed:\n${status.trimEnd()}`] : [];
}

await check().catch(fail);

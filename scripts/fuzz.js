// `npm run fuzz`: runs libFuzzer on the core, each target for a number of seconds. It needs a nightly Rust.
//   npm run fuzz -- --seconds 1200 connection deflate
// It starts from fuzz/seeds, keeps its corpus in fuzz/corpus, and writes failing input to fuzz/artifacts.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ask, fail, root, run, say } from './run.js';
import { cargoTool, rust } from './setup/cargo.js';

const TARGETS = readdirSync(join(root, 'fuzz', 'fuzz_targets')).map((file) => file.replace('.rs', ''));

async function fuzz() {
  const { values, positionals } = parseArgs({
    options: { seconds: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !TARGETS.includes(name));
  if (unknown.length > 0) throw new Error(`no such target: ${unknown}; the targets are ${TARGETS.join(', ')}`);
  await rust();
  await nightly();
  await cargoTool({ crate: 'cargo-fuzz', program: 'cargo-fuzz', version: '0.13.2', locked: true });
  for (const target of positionals.length > 0 ? positionals : TARGETS) {
    say(`fuzzing ${target} for ${values.seconds} s ...`);
    const fuzzer = [`-max_total_time=${values.seconds}`, '-max_len=4096', '-print_final_stats=1'];
    mkdirSync(join(root, 'fuzz', 'corpus', target), { recursive: true });
    const folders = [`fuzz/corpus/${target}`, `fuzz/seeds/${target}`];
    await run('rustup', [
      ...[
        'run',
        'nightly',
        'cargo',
        'fuzz',
        'run',
        // With the assertions that fuzz/Cargo.toml sets.
        '--release',
        '--features',
        'fuzzing',
        '--fuzz-dir',
        'fuzz',
        '--target-dir',
        'target/fuzzing',
        target,
      ],
      ...folders,
      ...['--', ...fuzzer],
    ]);
  }
}

async function nightly() {
  if (await ask('rustup', ['run', 'nightly', 'rustc', '--version'])) return;
  say('installing a nightly Rust (required by libFuzzer) ...');
  await run('rustup', ['toolchain', 'install', 'nightly', '--profile', 'minimal']);
}

await fuzz().catch(fail);

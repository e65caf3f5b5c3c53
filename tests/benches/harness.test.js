// The harness of the benchmarks: arguments, rounds, statistics, tables, processes.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { matcher, parse } from '../../benches/harness/arguments.js';
import { measure } from '../../benches/harness/rounds.js';
import { isNoisy, quartiles, quotients } from '../../benches/harness/statistics.js';
import { printAll } from '../../benches/harness/table.js';
import { startWorker } from '../../benches/harness/worker.js';

test('without arguments all parts run, seven rounds each', () => {
  assert.deepEqual(parse([]), { parts: ['node', 'page', 'core'], cases: [], rounds: 7, json: false, check: false });
});

test('the arguments choose parts, rows and rounds', () => {
  const options = parse(['core', 'node', '--case', 'recv*', '--case', 'echo*', '--rounds', '3', '--json']);
  const expected = { parts: ['node', 'core'], cases: ['recv*', 'echo*'], rounds: 3, json: true, check: false };
  assert.deepEqual(options, expected);
});

test('--check is one round', () => {
  assert.equal(parse(['--check']).rounds, 1);
});

test('other arguments are refused, with the usage', () => {
  for (const args of [
    ['nodes'],
    ['--cases', 'x'],
    ['--rounds', '0'],
    ['--rounds', '1.5'],
    ['--rounds', 'x'],
    ['--case'],
  ]) {
    assert.throws(() => parse(args), /npm run bench -- \[PART\]/, `${args}`);
  }
});

test('a pattern matches whole names', () => {
  const matches = matcher(['recv 4 ?iB*', 'echo (128 B)']);
  assert.ok(matches('recv 4 KiB text') && matches('recv 4 MiB binary') && matches('ECHO (128 B)'));
  assert.ok(!matches('recv 64 KiB text') && !matches('a recv 4 KiB') && !matches('echo (128 B) text'));
  assert.ok(matcher([])('anything'));
});

test('quartiles are interpolated', () => {
  assert.deepEqual(quartiles([4, 1, 3, 2]), { low: 1.75, middle: 2.5, high: 3.25 });
  assert.deepEqual(quartiles([7]), { low: 7, middle: 7, high: 7 });
});

test('a quotient is of values of the same round, and noisy if its quartiles are far apart', () => {
  assert.deepEqual(quotients([2, 6], [1, 2]), [2, 3]);
  assert.ok(!isNoisy({ low: 0.9, middle: 1, high: 1.1 }));
  assert.ok(isNoisy({ low: 0.8, middle: 1, high: 1.1 }));
});

/** A part with one row, whose contenders log what is done with them. */
function logged(samples) {
  const log = [];
  const contenders = Object.fromEntries(
    Object.entries(samples).map(([name, sample]) => [
      name,
      async () => {
        log.push(`start ${name}`);
        return {
          sample: async () => {
            log.push(name);
            return sample();
          },
          stop: async () => log.push(`stop ${name}`),
        };
      },
    ]),
  );
  const row = { name: 'a row', metrics: { cpu: 'us' }, contenders };
  return { log, part: { title: 'a part', base: 'a', rows: [row], close: async () => {} } };
}

const ALL = () => true;

test('rounds are interleaved, begin with another contender each, and the warm-up is left out', async () => {
  let next = 0;
  const sample = () => ({ cpu: next++, other: 5 });
  const { log, part } = logged({ a: sample, b: sample });
  const rows = await measure(part, { rounds: 2, warmups: 1, matches: ALL });
  assert.deepEqual(log, ['start a', 'start b', 'a', 'b', 'b', 'a', 'a', 'b', 'stop a', 'stop b']);
  assert.deepEqual(rows, [
    { name: 'a row', metrics: { cpu: 'us' }, samples: { a: { cpu: [3, 4] }, b: { cpu: [2, 5] } } },
  ]);
});

test('a failure names the row and the contender, and all are stopped', async () => {
  const fail = () => {
    throw new Error('message 3 differs');
  };
  const { log, part } = logged({ a: () => ({ cpu: 1 }), b: fail });
  const measured = measure(part, { rounds: 1, warmups: 0, matches: ALL });
  await assert.rejects(measured, { message: 'a row, b: message 3 differs' });
  assert.deepEqual(log.slice(-2), ['stop a', 'stop b']);
});

test('rows that do not match are not started', async () => {
  const { log, part } = logged({ a: () => ({ cpu: 1 }) });
  assert.deepEqual(await measure(part, { rounds: 1, warmups: 0, matches: () => false }), []);
  assert.deepEqual(log, []);
});

/** What `run` prints. */
function printed(run) {
  const log = mock.method(console, 'log', () => {});
  try {
    run();
  } finally {
    log.mock.restore();
  }
  return log.mock.calls.map(({ arguments: [text] }) => text).join('\n');
}

test('the table shows ours, and the quotients to it', () => {
  const samples = { ours: { cpu: [1, 2, 4] }, b: { cpu: [2, 4, 8] }, c: { cpu: [1, 4, 1] } };
  const rows = [
    { name: 'one', metrics: { cpu: 'us' }, samples },
    { name: 'two', metrics: { cpu: 'us' }, samples: { ours: { cpu: [1234] } } },
  ];
  const output = printed(() => printAll({ title: 'a part', base: 'ours', rows }));
  assert.match(output, /^\na part\nMedians/);
  const lines = /one\n {2}cpu, us +2\.00 +2\.00 \(2\.00-2\.00\) +noisy 0\.63-1\.50\ntwo\n {2}cpu, us +1234 +- +-$/;
  assert.match(output, lines);
});

test('columns are as wide as their names', () => {
  const name = 'a contender with a long name';
  const rows = [
    { name: 'one', metrics: { cpu: 'us' }, samples: { a: { cpu: [1] }, [name]: { cpu: [2] }, c: { cpu: [3] } } },
  ];
  const output = printed(() => printAll({ title: 'a part', base: 'a', rows }));
  const [heads = '', , values = ''] = output.split('\n').slice(-3);
  assert.equal(heads.indexOf(name), values.indexOf('2.00'));
  assert.equal(heads.lastIndexOf('c'), values.indexOf('3.00'));
});

test('more tables have other bases and some contenders, and notes are last', () => {
  const metrics = { cpu: 'us' };
  const rows = [
    { name: 'one', metrics, samples: { a: { cpu: [1] }, b: { cpu: [2] }, c: { cpu: [8] } } },
    { name: 'two', metrics, samples: { a: { cpu: [1] }, b: { cpu: [2] } } },
  ];
  const tables = [{ title: 'b and c', base: 'b', contenders: ['b', 'c'] }];
  const output = printed(() => printAll({ title: 'a part', base: 'a', rows, tables, notes: ['a note', 'another'] }));
  const [, second = ''] = output.split('b and c\n');
  assert.match(second, /\n +b +c\none\n {2}cpu, us +2\.00 +4\.00 \(4\.00-4\.00\)\n\na note\nanother$/);
});

const startOne = () =>
  startWorker(new URL('worker-module.js', import.meta.url), ['a name'], { env: { BENCH_TEST: 'x' } });

test('a process answers calls, with its argument and its environment', async () => {
  const worker = startOne();
  try {
    assert.deepEqual(await Promise.all([worker.call('add', 1, 2), worker.call('environment')]), [3, ['x', 'a name']]);
    await assert.rejects(worker.call('fail'), /^Error: a name: RangeError: no such thing/);
    assert.equal(await worker.call('add', 2, 2), 4);
  } finally {
    await worker.stop();
  }
  await assert.rejects(worker.call('add', 1, 2), /the process has ended/);
});

test('the calls of a process that ends are rejected', async () => {
  const worker = startOne();
  await assert.rejects(worker.call('end'), /a name: the process ended: 3/);
  await worker.stop();
});

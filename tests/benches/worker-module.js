// A module for the tests of processes.
import { serve } from '../../benches/harness/worker.js';

serve({
  add: async (a, b) => a + b,
  environment: () => [process.env.BENCH_TEST, process.argv[2]],
  fail: () => {
    throw new RangeError('no such thing');
  },
  end: () => process.exit(3),
});

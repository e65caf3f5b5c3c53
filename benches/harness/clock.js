/**
 * This process's CPU time (all threads, user and system) and the duration of `run`, in microseconds.
 * @param {() => Promise<unknown>} run
 * @returns {Promise<{ cpu: number, wall: number }>}
 */
export async function timed(run) {
  const start = performance.now();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return { cpu: user + system, wall: (performance.now() - start) * 1000 };
}

// Rounds of measurements: each runs every case once, so that what slows the machine for a while slows all of them.

/**
 * @template Value
 * @param {Record<string, () => Promise<Value>>} cases
 * @param {number} count of rounds, after one to warm up
 * @returns {Promise<Record<string, Value[]>>} by case
 */
export async function inRounds(cases, count) {
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -1; round < count; round += 1) {
    for (const [name, run] of Object.entries(cases)) {
      const value = await run();
      if (round >= 0) results[name].push(value);
    }
  }
  return results;
}

/** The middle one. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Median and extremes, in columns. */
export function spread(values, digits = 0) {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits).padStart(8)} ${`(${least.toFixed(digits)}-${most.toFixed(digits)})`.padEnd(15)}`;
}

/** The quotient of medians, in percent. */
export function ratio(values, others) {
  return `${((100 * median(values)) / median(others)).toFixed(0).padStart(5)}%`;
}

// Medians beside their extremes, for tables of absolute values.
import { median } from './statistics.js';

/** Median and extremes, in columns. */
export function spread(values, digits = 0) {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits).padStart(8)} ${`(${least.toFixed(digits)}-${most.toFixed(digits)})`.padEnd(15)}`;
}

/** The quotient of medians, in percent. */
export function ratio(values, others) {
  return `${((100 * median(values)) / median(others)).toFixed(0).padStart(5)}%`;
}

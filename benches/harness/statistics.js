/** The value below which that share of the values is, interpolated. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (place - below) * (above - sorted[below]);
}

export const median = (values) => quantile(values, 0.5);

/** @returns {{ low: number, middle: number, high: number }} */
export const quartiles = (values) => ({
  low: quantile(values, 0.25),
  middle: median(values),
  high: quantile(values, 0.75),
});

/** The quotients of two contenders' values of the same rounds: a load on the machine falls on both. */
export const quotients = (values, others) => values.map((value, round) => value / others[round]);

/** A quotient is too noisy to be believed if its quartiles are further apart than this share of it. */
const NOISE = 0.25;

export const isNoisy = ({ low, middle, high }) => high - low > NOISE * middle;

/** JSON like an API's: the same keys, different values; 1 to 7 KB each. */
export const messages = Array.from({ length: 400 }, (_, seed) => {
  let state = seed + 1;
  const next = (n) => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  const rows = Array.from({ length: 5 + next(40) }, (_, id) => ({
    id: seed * 100 + id,
    symbol: ['AAPL', 'MSFT', 'GOOG', 'AMZN', 'TSLA', 'NVDA'][next(6)],
    price: next(100_000) / 100,
    change: (next(2000) - 1000) / 100,
    volume: next(1e7),
    time: new Date(1.7e12 + next(1e9)).toISOString(),
    open: next(2) === 1,
  }));
  return JSON.stringify(rows);
});

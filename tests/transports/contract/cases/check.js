// Assertions for cases, which run in pages, too.

export function equal(actual, expected, what = 'value') {
  if (Object.is(actual, expected)) return;
  throw new Error(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
}

export function ok(condition, what) {
  if (!condition) throw new Error(`${what}`);
}

/** Asserts that what a promise rejects with, or a function throws, is an error with a message. */
export async function fails(promise, what) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    ok(error instanceof Error && error.message !== '', `${what}: it failed with ${shown(error)}`);
    return /** @type {Error & { code?: unknown }} */ (error);
  }
  throw new Error(`${what}: it succeeded with ${shown(value)}`);
}

/** Resolves with what `read` returns, once it returned the same for a while. */
export async function settled(read) {
  let value = await read();
  for (let same = 0; same < 8; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const next = await read();
    same = next === value ? same + 1 : 0;
    value = next;
  }
  return value;
}

function shown(value) {
  const text = value instanceof Error ? `${value}` : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

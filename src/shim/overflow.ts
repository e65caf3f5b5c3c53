// A stack that overflowed: the caller's business, wherever it strikes.

/** Whether an error is that of an overflowed stack: a RangeError in V8 and JavaScriptCore, an InternalError in Firefox. */
export function isOverflow(error: unknown): boolean {
  const { name, message } = (error ?? {}) as Partial<Error>;
  return (name === 'RangeError' || name === 'InternalError') && /call stack|recursion/i.test(`${message}`);
}

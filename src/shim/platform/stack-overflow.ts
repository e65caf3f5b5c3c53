// A stack that overflowed: the caller's business, wherever it strikes.

/**
 * Whether an error is that of an overflowed stack: a RangeError in V8 and JavaScriptCore, an InternalError in Firefox.
 * Recognised by the message, and without a regular expression: that would be compiled, on the same stack.
 */
export function isOverflow(error: unknown): boolean {
  let message: unknown;
  try {
    ({ message } = error as Error);
  } catch {
    // It has no message, or one that throws.
    return false;
  }
  // Not where it would be caught: the stack may overflow here too.
  return typeof message === 'string' && (message.includes('call stack size') || message.includes('too much recursion'));
}

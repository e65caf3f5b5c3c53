// The error of a stack that overflowed, which belongs to the caller wherever it is thrown.

/**
 * Whether an error is that of a stack that overflowed: a RangeError in V8 and JavaScriptCore, an InternalError in Firefox.
 * Recognised by the message, and without a regular expression, which would be compiled on the same stack.
 */
export function isOverflow(error: unknown): boolean {
  let message: unknown;
  try {
    ({ message } = error as Error);
  } catch {
    // It has no message, or a getter that throws.
    return false;
  }
  // Outside of the `try`: the stack may overflow here too.
  return typeof message === 'string' && (message.includes('call stack size') || message.includes('too much recursion'));
}

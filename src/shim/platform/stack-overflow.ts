// Stack overflow errors, which are rethrown to the caller.

/**
 * Whether an error is a stack overflow: a RangeError in V8 and JavaScriptCore, an InternalError in Firefox.
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
